//! Reads jobs as JSON lines and says of each what boon says: valid, invalid, or unread.
//!
//! Usage: judge SCHEMAS FIXTURES < jobs.jsonl > answers.txt

use std::collections::HashMap;
use std::error::Error;
use std::io::{stdin, stdout, BufRead, BufWriter, Write};
use std::path::Path;
use std::{env, fs};

use boon::{Compiler, Schemas};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let (folder, fixtures) = (Path::new(&arguments[1]), Path::new(&arguments[2]));
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    let mut added = HashMap::new();
    let mut compiled = HashMap::new();
    let mut name = String::new();
    let mut payload: Option<Value> = None;
    let mut out = BufWriter::new(stdout().lock());
    for line in stdin().lock().lines() {
        let job: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| job[key].as_str().expect("a job has only strings").to_owned();
        let schema = text("schema");
        if added.insert(schema.clone(), ()).is_none() {
            let document = serde_json::from_slice(&fs::read(folder.join(&schema))?)?;
            compiler.add_resource(&format!("file:///{schema}"), document)?;
        }
        let place = if schema.starts_with("draft-07/") { "definitions" } else { "$defs" };
        let url = format!("file:///{schema}#/{place}/{}", text("part"));
        if !compiled.contains_key(&url) {
            let index = compiler.compile(&url, &mut schemas).map_err(|e| format!("{url}: {e}"))?;
            compiled.insert(url.clone(), index);
        }
        if name != text("payload") {
            name = text("payload");
            payload = serde_json::from_slice(&fs::read(fixtures.join(&name))?).ok();
        }
        let answer = match &payload {
            None => "unread",
            Some(value) if schemas.validate(value, compiled[&url]).is_ok() => "valid",
            Some(_) => "invalid",
        };
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
