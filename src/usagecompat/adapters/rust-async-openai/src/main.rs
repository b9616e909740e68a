// async-openai under test. Its types can be read and not written, so it says of a payload that it decodes that it
// cannot be asked for it again: what is judged is what it refuses.
use async_openai::types::admin::usage::UsageResponse;
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use std::io::{stdin, BufRead};

fn answer(run: &Value) -> Value {
    let seq = &run["seq"];
    let payload = STANDARD.decode(run["case"]["payload"].as_str().unwrap()).unwrap();
    match serde_json::from_slice::<UsageResponse>(&payload) {
        Ok(_) => json!({"skipped": {"seq": seq, "message": "decoded; async-openai cannot encode it again"}}),
        Err(error) => json!({"rejected": {"seq": seq, "message": error.to_string()}}),
    }
}

fn main() {
    let client = json!({
        "name": "async-openai", "language": "rust", "version": "0.41.3",
        "homepage": "https://github.com/64bit/async-openai",
        "issues": "https://github.com/64bit/async-openai/issues",
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
