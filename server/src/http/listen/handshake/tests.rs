use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use axum::routing::get;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

use super::*;
use crate::settings::TlsFiles;

/// A root of the tests' own, and what it signs.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    /// Writes a certificate for `name` and its key; gives the certificate.
    fn sign(&self, name: &str, folder: &Path) -> CertificateDer<'static> {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
        std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
        cert.der().clone()
    }

    fn client(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

struct Server {
    folder: tempfile::TempDir,
    authority: Authority,
    certificate: Arc<Certificate>,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
}

impl Server {
    async fn start() -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
        authority.sign("localhost", folder.path());
        let files = TlsFiles { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        let certificate = Certificate::open(files).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "hello" }));
        let (stop, stopped) = oneshot::channel::<()>();
        let (tls, stopped) = (Some(certificate.clone()), async { drop(stopped.await) });
        tokio::spawn(super::super::serve(listener, tls, router, stopped));
        Self { folder, authority, certificate, address, stop }
    }

    /// What a client sees: the server's certificate, and its answer.
    async fn ask(&self, name: &'static str) -> io::Result<(CertificateDer<'static>, String)> {
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from(name).unwrap();
        let mut stream = self.authority.client().connect(name, stream).await?;
        let seen = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok((seen, answer))
    }

    async fn until(&self, is_so: impl Fn(&Certificate) -> bool) {
        for _ in 0..200 {
            if is_so(&self.certificate) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it never came to be so");
    }
}

#[tokio::test]
async fn it_answers_over_tls_under_its_own_name_alone() {
    let server = Server::start().await;
    let (_, answer) = server.ask("localhost").await.unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    // The control: a client that wants another server is not taken in.
    server.ask("other.example").await.unwrap_err();
    drop(server.stop);
}

#[tokio::test]
async fn a_new_certificate_is_taken_and_a_broken_one_changes_nothing() {
    let server = Server::start().await;
    let (first, _) = server.ask("localhost").await.unwrap();
    let second = server.authority.sign("localhost", server.folder.path());
    assert_ne!(first, second);
    for _ in 0..200 {
        if server.ask("localhost").await.unwrap().0 == second {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.ask("localhost").await.unwrap().0, second);
    assert!(server.certificate.is_current());
    for broken in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        std::fs::write(server.folder.path().join("cert.pem"), broken).unwrap();
        server.until(|certificate| !certificate.is_current()).await;
        assert_eq!(server.ask("localhost").await.unwrap().0, second, "{broken}");
    }
    // A key of another certificate.
    let key = KeyPair::generate().unwrap().serialize_pem();
    let third = server.authority.sign("localhost", server.folder.path());
    server.until(Certificate::is_current).await;
    std::fs::write(server.folder.path().join("key.pem"), key).unwrap();
    server.until(|certificate| !certificate.is_current()).await;
    assert_eq!(server.ask("localhost").await.unwrap().0, third);
    drop(server.stop);
}

#[tokio::test]
async fn plain_http_is_told_what_to_do() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("urn:toancanh:problem:https-only") && answer.contains("https://"), "{answer}");
    drop(server.stop);
}

/// Those that begin and do not go on hold nobody's turn, and are let go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_do_not_go_on_hold_nobody_up() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    authority.sign("localhost", folder.path());
    let files = TlsFiles { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    let certificate = Certificate::open(files).unwrap();
    let handshakes = Handshakes { step_time: Duration::from_millis(500), ..Handshakes::new(certificate) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepting = tokio::spawn({
        let handshakes = handshakes.clone();
        async move {
            let mut shaken = tokio::task::JoinSet::new();
            for _ in 0..201 {
                let (stream, _) = listener.accept().await.unwrap();
                let handshakes = handshakes.clone();
                shaken.spawn(async move { handshakes.shake(stream).await.is_some() });
            }
            shaken.join_all().await
        }
    });
    let mut silent = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        if number % 2 == 0 {
            stream.write_all(&[HANDSHAKE, 3, 1, 1, 0, 1]).await.unwrap();
        }
        silent.push(stream);
    }
    let begun = std::time::Instant::now();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let _client = authority.client().connect(name, stream).await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(400), "{:?}", begun.elapsed());
    let shaken = accepting.await.unwrap();
    assert_eq!(shaken.into_iter().filter(|shaken| *shaken).count(), 1);
}

#[test]
fn what_is_no_certificate_is_refused_at_the_start_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let open = || {
        let files = TlsFiles { cert: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
        Certificate::open(files).map(drop).map_err(|error| error.to_string())
    };
    assert!(open().unwrap_err().contains("cert.pem"));
    authority.sign("localhost", folder.path());
    assert_eq!(open(), Ok(()));
    std::fs::write(folder.path().join("key.pem"), "nonsense").unwrap();
    assert!(open().unwrap_err().contains("key.pem"));
}
