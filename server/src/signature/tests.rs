use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::*;
use crate::source::{Signing, SigningKey};

const NOW: i64 = 1_618_884_473;
const BODY: &str = r#"{"hello": "world"}"#;

/// The keys of RFC 9421, appendix B.1.
const RFC_ED25519: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n";
const RFC_P256: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\n\
    w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n-----END PUBLIC KEY-----\n";

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (axum::http::HeaderName::from_static(name), value.parse().unwrap()))
        .collect()
}

/// Appendix B.2.6.
#[test]
fn the_standards_own_request_has_the_standards_own_signature() {
    let params = r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
    let headers = headers(&[
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
        ("signature-input", &format!("sig-b26={params}")),
    ]);
    let uri: Uri = "/foo?param=Value&Pet=dog".parse().unwrap();
    let asked = Asked { method: &Method::POST, uri: &uri, headers: &headers, over_tls: true, has_body: true };
    let inputs = dictionary(&headers, "signature-input").unwrap();
    let Some(ListEntry::InnerList(input)) = inputs.get("sig-b26") else { panic!("no list") };
    let base = base::make(asked, input).unwrap();
    assert!(base.text.ends_with(&format!("\"@signature-params\": {params}")), "{}", base.text);
    let key = PublicKey::read(RFC_ED25519).unwrap();
    let signature =
        decoded("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")
            .unwrap();
    assert!(key.verifies(base.text.as_bytes(), &signature));
    assert!(!key.verifies(base.text.replace("POST", "PUT").as_bytes(), &signature));
}

/// Appendix B.2.4.
#[test]
fn the_standards_own_signature_on_p256_holds() {
    let base = "\"@status\": 200\n\"content-type\": application/json\n\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n\"content-length\": 23\n\"@signature-params\": (\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"";
    let signature =
        decoded("wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==")
            .unwrap();
    let key = PublicKey::read(RFC_P256).unwrap();
    assert_eq!(key.algorithm().name(), "ecdsa-p256-sha256");
    assert!(key.verifies(base.as_bytes(), &signature));
    assert!(!key.verifies(base.replace("200", "201").as_bytes(), &signature));
}

#[test]
fn a_key_is_read_in_each_of_its_forms_and_nothing_else_is() {
    let key = PublicKey::read(RFC_P256).unwrap();
    assert_eq!(PublicKey::read(&key.to_base64()), Ok(key));
    let bare = encoded(&[7; 32]);
    assert_eq!(PublicKey::read(&bare).unwrap().algorithm(), Algorithm::Ed25519);
    for not in ["", "hello", &encoded(&[7; 33]), &encoded(&[7; 65]), "-----BEGIN PUBLIC KEY-----\nAAAA\n"] {
        assert_eq!(PublicKey::read(not), Err(KeyFault), "{not}");
    }
}

#[test]
fn a_body_is_held_against_every_digest_that_is_known() {
    let of_rfc =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    let digest = ContentDigest::read(of_rfc).unwrap();
    assert!(digest.is_of(BODY.as_bytes()) && !digest.is_of(b"{}"));
    let both = ContentDigest::read(&format!("{of_rfc}, sha-256=:AAAA:")).unwrap();
    assert!(!both.is_of(BODY.as_bytes()));
    assert!(ContentDigest::read("md5=:AAAA:").is_none() && ContentDigest::read("sha-256=1").is_none());
}

/// A source that signs, and what it sends.
struct Sender {
    pair: Ed25519KeyPair,
    source: SourceGrant,
    components: Vec<&'static str>,
    parameters: String,
    headers: Vec<(&'static str, String)>,
    uri: &'static str,
}

impl Sender {
    fn new() -> Self {
        let pair = Ed25519KeyPair::from_pkcs8(
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap().as_ref(),
        );
        let pair = pair.unwrap();
        let key = PublicKey::read(&encoded(pair.public_key().as_ref())).unwrap();
        let mut source = SourceGrant::local("boston");
        let known = SigningKey { keyid: "k1".to_owned(), key, revoked_at: None };
        source.signing = Signing { is_required: true, cover: Vec::new(), keys: vec![known] };
        let digest = encoded(&<sha2::Sha256 as sha2::Digest>::digest(BODY));
        Self {
            pair,
            source,
            components: vec!["@method", "@target-uri", "content-digest", "content-type"],
            parameters: format!(";created={NOW};nonce=\"a-nonce-of-it\";keyid=\"k1\""),
            headers: vec![
                ("host", "city.example".to_owned()),
                ("content-type", "application/x-ndjson".to_owned()),
                ("content-digest", format!("sha-256=:{digest}:")),
            ],
            uri: "/api/v1/events",
        }
    }

    /// The headers that it signs, and those that arrive.
    fn signed(&self) -> HeaderMap {
        let quoted: Vec<String> = self.components.iter().map(|name| format!("\"{name}\"")).collect();
        let input = format!("sig1=({}){}", quoted.join(" "), self.parameters);
        let mut all: HeaderMap = self
            .headers
            .iter()
            .map(|(name, value)| (axum::http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        all.insert("signature-input", input.parse().unwrap());
        let inputs = dictionary(&all, "signature-input").unwrap();
        let Some(ListEntry::InnerList(list)) = inputs.get("sig1") else { panic!("no list") };
        // What cannot be made cannot be signed: then anything stands there.
        let text = base::make(self.asked(&all), list).map(|base| base.text).unwrap_or_default();
        let signature = encoded(self.pair.sign(text.as_bytes()).as_ref());
        all.insert("signature", format!("sig1=:{signature}:").parse().unwrap());
        all
    }

    fn asked<'a>(&self, headers: &'a HeaderMap) -> Asked<'a> {
        let uri: &'static Uri = Box::leak(Box::new(self.uri.parse().unwrap()));
        Asked { method: &Method::POST, uri, headers, over_tls: false, has_body: true }
    }

    fn verified(&self, headers: &HeaderMap, now: i64) -> Result<Option<Verified>, &'static str> {
        let window = Window { now, secs: 300, since: NOW - 1_000 };
        verify(self.asked(headers), &self.source, window).map_err(|refused| refused.error.slug())
    }

    #[track_caller]
    fn check(&self, want: Result<bool, &str>) {
        assert_eq!(self.verified(&self.signed(), NOW).map(|verified| verified.is_some()), want);
    }
}

#[test]
fn what_must_be_covered_is_asked_for() {
    let with = |components: &[&'static str]| Sender { components: components.to_vec(), ..Sender::new() };
    Sender::new().check(Ok(true));
    with(&["@method", "@authority", "@path", "content-digest", "content-type"]).check(Ok(true));
    with(&["@method", "@authority", "@request-target", "content-digest", "content-type"]).check(Ok(true));
    with(&["@target-uri", "content-digest", "content-type"]).check(Err("signature-invalid"));
    with(&["@method", "@path", "content-digest", "content-type"]).check(Err("signature-invalid"));
    with(&["@method", "@target-uri", "content-type"]).check(Err("signature-invalid"));
    with(&["@method", "@target-uri", "content-digest"]).check(Err("signature-invalid"));
    with(&["@method", "@target-uri", "content-digest", "content-type", "date"])
        .check(Err("signature-invalid"));
    with(&["@method", "@method", "@target-uri", "content-digest", "content-type"])
        .check(Err("signature-invalid"));
    let query = Sender {
        uri: "/api/v1/events?x=1",
        ..with(&["@method", "@authority", "@path", "content-digest", "content-type"])
    };
    query.check(Err("signature-invalid"));
    let mut binary = Sender::new();
    binary.headers.push(("ce-id", "1".to_owned()));
    binary.check(Err("signature-invalid"));
    binary.components.push("ce-id");
    binary.check(Ok(true));
    let mut policy = Sender::new();
    policy.source.signing.cover = vec!["authorization".to_owned()];
    policy.headers.push(("authorization", "Bearer tcs_secret".to_owned()));
    policy.check(Err("signature-invalid"));
    policy.components.push("authorization");
    policy.check(Ok(true));
}

#[test]
fn no_token_is_kept_and_a_base_is_whole_again_with_it() {
    let mut sender = Sender::new();
    sender.headers.push(("authorization", "Bearer tcs_secret".to_owned()));
    sender.components.push("authorization");
    let verified = sender.verified(&sender.signed(), NOW).unwrap().unwrap();
    assert!(!verified.base.contains("tcs_secret") && ask_for_token(&verified.base));
    assert!(!verified.key.verifies(verified.base.as_bytes(), &verified.signature));
    let whole = with_authorization(&verified.base, "tcs_secret");
    assert!(verified.key.verifies(whole.as_bytes(), &verified.signature));
}

#[test]
fn a_signature_holds_within_its_window_alone() {
    let sender = Sender::new();
    let headers = sender.signed();
    let at = |now: i64| sender.verified(&headers, now).map(|verified| verified.is_some());
    assert_eq!((at(NOW), at(NOW + 300), at(NOW - 60)), (Ok(true), Ok(true), Ok(true)));
    assert_eq!((at(NOW + 301), at(NOW - 61)), (Err("signature-expired"), Err("signature-expired")));
    let restarted = Window { now: NOW + 5, secs: 300, since: NOW + 1 };
    let refused = verify(sender.asked(&headers), &sender.source, restarted).unwrap_err();
    assert_eq!(refused.error.slug(), "signature-expired");
    let expires = format!(";expires={}", NOW + 10);
    let short = Sender { parameters: Sender::new().parameters + &expires, ..Sender::new() };
    assert!(short.verified(&short.signed(), NOW + 10).is_ok());
    assert_eq!(short.verified(&short.signed(), NOW + 11), Err("signature-expired"));
}

#[test]
fn what_was_changed_on_the_way_no_longer_holds() {
    let sender = Sender::new();
    for (name, value) in [
        ("content-type", "application/cloudevents+json"),
        ("content-digest", "sha-256=:AAAA:"),
        ("host", "other.example"),
        ("signature", "sig1=:AAAA:"),
        ("signature", "sig2=:AAAA:"),
        ("signature", "nonsense;;"),
    ] {
        let mut headers = sender.signed();
        headers.insert(name, value.parse().unwrap());
        assert_eq!(sender.verified(&headers, NOW), Err("signature-invalid"), "{name}: {value}");
    }
    let mut headers = sender.signed();
    let input = headers["signature-input"].to_str().unwrap().replace("a-nonce", "b-nonce");
    headers.insert("signature-input", input.parse().unwrap());
    assert_eq!(sender.verified(&headers, NOW), Err("signature-invalid"));
}

#[test]
fn only_the_sources_own_keys_count() {
    let mut sender = Sender::new();
    let other = Sender { pair: Sender::new().pair, ..Sender::new() };
    assert_eq!(sender.verified(&other.signed(), NOW), Err("signature-invalid"));
    sender.parameters = sender.parameters.replace("k1", "k2");
    sender.check(Err("unknown-key"));
    let mut revoked = Sender::new();
    revoked.source.signing.keys[0].revoked_at = Some(NOW + 10);
    revoked.check(Ok(true));
    revoked.source.signing.keys[0].revoked_at = Some(NOW);
    revoked.check(Err("revoked-key"));
    let wrong =
        Sender { parameters: Sender::new().parameters + ";alg=\"ecdsa-p256-sha256\"", ..Sender::new() };
    wrong.check(Err("signature-invalid"));
}

#[test]
fn who_need_not_sign_may_and_then_it_must_hold() {
    let mut sender = Sender::new();
    sender.source.signing.is_required = false;
    sender.check(Ok(true));
    let mut tampered = sender.signed();
    tampered.insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(sender.verified(&tampered, NOW), Err("signature-invalid"));
    assert_eq!(sender.verified(&HeaderMap::new(), NOW), Ok(None));
    sender.source.signing.keys.clear();
    assert_eq!(sender.verified(&tampered, NOW), Ok(None));
    sender.source.signing.is_required = true;
    assert_eq!(sender.verified(&HeaderMap::new(), NOW), Err("signature-missing"));
}

#[test]
fn a_signature_on_p256_holds_as_well() {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
    let key = PublicKey::read(&encoded(pair.public_key().as_ref())).unwrap();
    let signature = pair.sign(&random, b"text").unwrap();
    assert!(key.verifies(b"text", signature.as_ref()) && !key.verifies(b"Text", signature.as_ref()));
}
