//! What the crate promises, with serde_json as the client.

use serde_json::Value;
use usagecompat_corpus as corpus;

fn manifest() -> Vec<Value> {
    let manifest: Value = serde_json::from_slice(corpus::read("fixtures/manifest.json").unwrap()).unwrap();
    manifest["cases"].as_array().unwrap().clone()
}

#[test]
fn every_file_is_listed() {
    let sums = String::from_utf8(corpus::read("SHA256SUMS").unwrap().to_vec()).unwrap();
    let listed: Vec<&str> = sums.lines().map(|line| &line[66..]).collect();
    let packed: Vec<&str> = corpus::FILES.iter().map(|file| file.0).filter(|name| *name != "SHA256SUMS").collect();
    assert_eq!(listed, packed);
    assert!(corpus::read("fixtures/nothing.json").is_none());
    assert_eq!(corpus::VERSION, env!("CORPUS_VERSION"));
    assert_eq!(corpus::DIGEST, env!("CORPUS_DIGEST"));
}

#[test]
fn what_must_be_decoded_comes_back() {
    let cases = manifest();
    let mut ids: Vec<&str> = cases.iter().map(|one| one["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    let mut known: Vec<&str> = corpus::ids().collect();
    known.sort_unstable();
    assert_eq!(ids, known);
    let mut decoded = 0;
    for one in &cases {
        let id = one["id"].as_str().unwrap();
        let expected: Value = serde_json::from_slice(corpus::expectation(id).unwrap()).unwrap();
        assert_eq!(expected["demand"], one["demand"], "{id}");
        if one["demand"] == "must-decode" {
            let payload = corpus::payload(id).unwrap();
            let value: Value = serde_json::from_slice(payload).unwrap_or_else(|error| panic!("{id}: {error}"));
            let again: Value = serde_json::from_str(&value.to_string()).unwrap();
            assert_eq!(value, again, "{id}");
            decoded += 1;
        }
    }
    println!("{} cases of {}, {decoded} decoded and back", cases.len(), corpus::VERSION);
}

#[test]
fn a_schema_is_one() {
    let schema: Value = serde_json::from_slice(corpus::schema("served/page/latest").unwrap()).unwrap();
    assert!(schema["$id"].as_str().unwrap().starts_with("urn:usagecompat:"));
}
