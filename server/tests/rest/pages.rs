use crate::support::Server;

const AS_A_BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_holds_the_true_numbers_and_runs_only_its_own_scripts() {
    let server = Server::with_cases().await;
    let page = server.get_as("/", AS_A_BROWSER).await;
    assert_eq!(page.status, 200);
    let html = page.text();
    assert!(html.contains("Thành phố Thử"), "{html}");
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(
        nonce.len() >= 16 && policy.contains("style-src 'self';") && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    for script in html.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        // Data are no script: nothing runs them.
        let is_data = tag.contains("type=\"application/json\"");
        assert!(is_data || tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("src=\"/"), "{tag}");
    }
    assert!(!html.contains(" style=\""), "a style attribute would break the strict policy");
    assert_eq!(page.header("cache-control"), "no-cache");
    let other = server.get_as("/", AS_A_BROWSER).await;
    assert_ne!(other.header("content-security-policy"), policy, "each answer has a nonce of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_a_page_to_a_person_and_a_problem_to_a_program() {
    let server = Server::empty().await;
    let page = server.get_as("/no/such/page", AS_A_BROWSER).await;
    assert_eq!(page.status, 404);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("'nonce-"));
    assert_eq!(server.get("/no/such/page").await.problem().0, 404);
    assert_eq!(server.get_as("/api/v1/nothing", AS_A_BROWSER).await.problem().0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_layers_may_be_asked_for_again() {
    let server = Server::empty().await;
    let style = server.get("/style.css").await;
    assert_eq!((style.text().as_str(), style.header("content-type")), ("body{}", "text/css"));
    let script = server.get("/pkg/toan_canh.js").await;
    assert_eq!(script.header("content-type"), "text/javascript");
    let layer = server.get("/city/boundaries.geojson").await;
    assert_eq!(layer.header("content-type"), "application/geo+json");
    assert_eq!(layer.json()["type"], "FeatureCollection");
    let etag = layer.header("etag").to_owned();
    let again = server
        .send(reqwest::Method::GET, "/city/boundaries.geojson", |request| {
            request.header("if-none-match", etag)
        })
        .await;
    assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0));
    // What the browser holds keeps the policy it came with: the map's worker would load nothing else.
    assert!(layer.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(again.header("content-security-policy"), "");
    assert_eq!(server.get("/city/land-water.geojson").await.problem().0, 404);
    assert_eq!(server.get("/city/city.toml").await.problem().0, 404);
}
