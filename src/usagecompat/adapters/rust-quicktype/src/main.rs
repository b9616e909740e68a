// Types that quicktype makes for Rust, under test.
#[allow(dead_code)]
mod usage;

use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use std::io::{stdin, BufRead};
use usage::UsageResponse;

fn answer(run: &Value) -> Value {
    let seq = &run["seq"];
    let payload = STANDARD.decode(run["case"]["payload"].as_str().unwrap()).unwrap();
    let encoded = serde_json::from_slice::<UsageResponse>(&payload).and_then(|page| serde_json::to_vec(&page));
    match encoded {
        Ok(encoded) => json!({"decoded": {"seq": seq, "payload": STANDARD.encode(encoded)}}),
        Err(error) => json!({"rejected": {"seq": seq, "message": error.to_string()}}),
    }
}

fn main() {
    let client = json!({
        "name": "quicktype for Rust", "language": "rust", "version": "26.0.0", "homepage": "https://quicktype.io",
    });
    for line in stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if command.get("start").is_some() {
            println!("{}", json!({"started": {"version": 1, "client": client, "features": {"shapes": ["page"]}}}));
        } else if let Some(run) = command.get("run") {
            println!("{}", answer(run));
        } else {
            break;
        }
    }
}
