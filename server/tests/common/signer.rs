//! A source that signs its requests, as RFC 9421 and RFC 9530 say: written from the standards, and sharing nothing
//! with what verifies.

#![allow(dead_code)] // Each test program needs a part of it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

pub(crate) enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

/// A holder of a key.
pub(crate) struct Signer {
    pub(crate) keyid: String,
    pub(crate) pair: Pair,
}

/// What is signed.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    /// With scheme and host.
    pub(crate) url: String,
    /// Headers that are covered, in lower case.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// None where there is no body.
    pub(crate) body: Option<&'a [u8]>,
    pub(crate) created: i64,
    pub(crate) nonce: String,
}

pub(crate) fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

pub(crate) fn nonce() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("nonce-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl<'a> Signed<'a> {
    pub(crate) fn post(url: String, kind: &str, body: &'a [u8]) -> Self {
        let headers = vec![("content-type", kind.to_owned())];
        Self { method: "POST", url, headers, body: Some(body), created: now(), nonce: nonce() }
    }

    pub(crate) fn get(url: String) -> Self {
        Self { method: "GET", url, headers: Vec::new(), body: None, created: now(), nonce: nonce() }
    }
}

impl Signer {
    pub(crate) fn ed25519(keyid: &str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
        Self { keyid: keyid.to_owned(), pair: Pair::Ed25519(pair) }
    }

    pub(crate) fn p256(keyid: &str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { keyid: keyid.to_owned(), pair: Pair::P256(pair) }
    }

    /// Base64 of the bare public key.
    pub(crate) fn public(&self) -> String {
        match &self.pair {
            Pair::Ed25519(pair) => STANDARD.encode(pair.public_key()),
            Pair::P256(pair) => STANDARD.encode(pair.public_key()),
        }
    }

    /// The headers that go with the request.
    pub(crate) fn sign(&self, what: &Signed<'_>) -> Vec<(String, String)> {
        let mut lines = vec![("@method", what.method.to_owned()), ("@target-uri", what.url.clone())];
        lines.extend(what.headers.clone());
        let mut headers = Vec::new();
        if let Some(body) = what.body {
            let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
            headers.push(("content-digest".to_owned(), digest.clone()));
            lines.push(("content-digest", digest));
        }
        let names: Vec<String> = lines.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let parameters = format!(
            "({});created={};nonce=\"{}\";keyid=\"{}\"",
            names.join(" "),
            what.created,
            what.nonce,
            self.keyid
        );
        let mut base: String = lines.iter().map(|(name, value)| format!("\"{name}\": {value}\n")).collect();
        base.push_str(&format!("\"@signature-params\": {parameters}"));
        let signature = match &self.pair {
            Pair::Ed25519(pair) => STANDARD.encode(pair.sign(base.as_bytes())),
            Pair::P256(pair) => STANDARD.encode(pair.sign(&SystemRandom::new(), base.as_bytes()).unwrap()),
        };
        headers.push(("signature-input".to_owned(), format!("sig1={parameters}")));
        headers.push(("signature".to_owned(), format!("sig1=:{signature}:")));
        headers
    }
}
