//! Payloads of the OpenAI organization usage and costs endpoints, and their JSON Schemas: data only.

pub const VERSION: &str = "@VERSION@";
/// The SHA-256 of `SHA256SUMS`, which has that of every file.
pub const DIGEST: &str = "@DIGEST@";

/// Every file with its name, sorted by name.
pub static FILES: &[(&str, &[u8])] = &include!("files.in");

/// A file by its name, such as `fixtures/manifest.json`.
pub fn read(name: &str) -> Option<&'static [u8]> {
    FILES.binary_search_by(|file| file.0.cmp(name)).ok().map(|place| FILES[place].1)
}

/// The ids of all cases, sorted.
pub fn ids() -> impl Iterator<Item = &'static str> {
    FILES.iter().filter_map(|file| file.0.strip_prefix("fixtures/")?.strip_suffix(".case.json"))
}

/// The payload of a case, byte for byte; it may be no JSON at all.
pub fn payload(id: &str) -> Option<&'static [u8]> {
    read(&format!("fixtures/{}.json", id))
}

/// The case's own file; `schemas/case.json` describes it.
pub fn expectation(id: &str) -> Option<&'static [u8]> {
    read(&format!("fixtures/{}.case.json", id))
}

/// A schema by its name, such as `served/page/latest`.
pub fn schema(name: &str) -> Option<&'static [u8]> {
    read(&format!("schemas/{}.json", name))
}
