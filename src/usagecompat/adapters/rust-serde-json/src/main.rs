// serde_json under test, as a tree: put your own types where `Value` stands in `decode_and_encode`.
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use std::io::{stdin, BufRead};

fn decode_and_encode(payload: &[u8]) -> serde_json::Result<Vec<u8>> {
    let value: Value = serde_json::from_slice(payload)?;
    serde_json::to_vec(&value)
}

fn answer(run: &Value) -> Value {
    let seq = &run["seq"];
    let payload = STANDARD.decode(run["case"]["payload"].as_str().unwrap()).unwrap();
    match decode_and_encode(&payload) {
        Ok(encoded) => json!({"decoded": {"seq": seq, "payload": STANDARD.encode(encoded)}}),
        Err(error) => json!({"rejected": {"seq": seq, "message": error.to_string()}}),
    }
}

fn main() {
    let client = json!({"name": "Rust serde_json", "language": "rust", "version": "1.0.145"});
    for line in stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if command.get("start").is_some() {
            println!("{}", json!({"started": {"version": 1, "client": client}}));
        } else if let Some(run) = command.get("run") {
            println!("{}", answer(run));
        } else {
            break;
        }
    }
}
