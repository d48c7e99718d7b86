//! Folders that do not belong together: said before the server listens.

use server::clock::{CityClock, ClockKind};
use server::serve;
use server::settings::Settings;
use server::store::{Store, StoreError};

use super::support::*;

/// A folder with the data of a server that took one event and stopped.
async fn left() -> tempfile::TempDir {
    let server = Server::start().await;
    assert_eq!(words(&server.batch(&[received("1", "A")]).await), "1/0");
    let folder = server.folder;
    server.started.stop().await.unwrap();
    folder
}

async fn start(settings: Settings) -> Result<(), StoreError> {
    let clock = CityClock::set(ClockKind::Set, at(NOW), 0.0);
    match serve::start(settings, clock).await {
        Ok(started) => {
            started.stop().await.unwrap();
            Ok(())
        }
        Err(error) => Err(error.downcast().unwrap()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_its_keys_is_not_served_until_new_ones_are_asked_for() {
    let folder = left().await;
    let settings = settings(folder.path().join("data"));
    let keys = settings.keys.clone();
    std::fs::remove_dir_all(&keys).unwrap();
    for _ in 0..2 {
        let refused = start(settings.clone()).await.unwrap_err();
        assert!(matches!(refused, StoreError::KeysLost { records: 1, .. }), "{refused}");
        let said = refused.to_string();
        assert!(said.contains(keys.to_str().unwrap()) && said.contains("--new-keys"), "{said}");
    }
    std::fs::create_dir_all(&keys).unwrap();
    std::fs::write(keys.join("admin-token"), "x").unwrap();
    assert!(start(settings.clone()).await.is_err());
    Store::make_keys(&keys).unwrap();
    start(settings.clone()).await.unwrap();
    std::fs::remove_file(keys.join("case-keys")).unwrap();
    assert!(matches!(start(settings).await, Err(StoreError::KeysLost { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_citys_data_is_not_served() {
    let folder = left().await;
    let settings = Settings { city: city("hcmc"), ..settings(folder.path().join("data")) };
    let refused = start(settings).await.unwrap_err();
    let want =
        matches!(&refused, StoreError::OtherCity { held, asked, .. } if held == "boston" && asked == "hcmc");
    assert!(want, "{refused}");
}
