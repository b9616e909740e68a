// async-openai under test. Its types can be read and not written, so it says that it only decodes, and names the values
// that its types hold.
use async_openai::types::admin::usage::{UsageResponse, UsageResult};
use base64::{engine::general_purpose::STANDARD, Engine};
use serde_json::{json, Value};
use std::io::{stdin, BufRead};

macro_rules! members {
    ($record:expr, $($name:ident),*) => {
        json!({ $( (stringify!($name)): &$record.$name ),* })
    };
}

fn named(result: &UsageResult) -> Value {
    match result {
        UsageResult::AudioSpeeches(one) => members!(
            one,
            characters,
            num_model_requests,
            project_id,
            user_id,
            api_key_id,
            model
        ),
        UsageResult::AudioTranscriptions(one) => members!(
            one,
            seconds,
            num_model_requests,
            project_id,
            user_id,
            api_key_id,
            model
        ),
        UsageResult::CodeInterpreterSessions(one) => {
            members!(one, num_sessions, project_id, api_key_id)
        }
        UsageResult::Completions(one) => members!(
            one,
            input_tokens,
            output_tokens,
            input_cached_tokens,
            input_uncached_tokens,
            input_text_tokens,
            output_text_tokens,
            input_cached_text_tokens,
            input_audio_tokens,
            input_cached_audio_tokens,
            output_audio_tokens,
            input_image_tokens,
            input_cached_image_tokens,
            output_image_tokens,
            num_model_requests,
            project_id,
            user_id,
            api_key_id,
            model,
            batch,
            service_tier
        ),
        UsageResult::Embeddings(one) => members!(
            one,
            input_tokens,
            num_model_requests,
            project_id,
            user_id,
            api_key_id,
            model
        ),
        UsageResult::Images(one) => members!(
            one,
            images,
            num_model_requests,
            source,
            size,
            project_id,
            user_id,
            api_key_id,
            model
        ),
        UsageResult::Moderations(one) => members!(
            one,
            input_tokens,
            num_model_requests,
            project_id,
            user_id,
            api_key_id,
            model
        ),
        UsageResult::VectorStores(one) => members!(one, usage_bytes, project_id),
        UsageResult::Costs(one) => {
            let mut some = members!(one, line_item, quantity, project_id, api_key_id);
            some["amount"] = members!(one.amount, value, currency);
            some
        }
    }
}

fn page(page: &UsageResponse) -> Value {
    let mut some = members!(page, object, has_more, next_page);
    let bucket = |one: &async_openai::types::admin::usage::UsageTimeBucket| {
        let mut some = members!(
            one,
            object,
            start_time,
            end_time,
            start_time_iso,
            end_time_iso
        );
        some["results"] = one.results.iter().map(named).collect();
        some
    };
    some["data"] = page.data.iter().map(bucket).collect();
    some
}

fn answer(run: &Value) -> Value {
    let seq = &run["seq"];
    let payload = STANDARD
        .decode(run["case"]["payload"].as_str().unwrap())
        .unwrap();
    match serde_json::from_slice::<UsageResponse>(&payload) {
        Ok(found) => {
            json!({"decoded": {"seq": seq, "payload": STANDARD.encode(page(&found).to_string())}})
        }
        Err(error) => json!({"rejected": {"seq": seq, "message": error.to_string()}}),
    }
}

fn main() {
    let client = json!({
        "name": "async-openai", "language": "rust", "version": "0.41.3",
        "homepage": "https://github.com/64bit/async-openai",
        "issues": "https://github.com/64bit/async-openai/issues",
    });
    let features = json!({"decodes-only": true, "shapes": ["page"]});
    for line in stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if command.get("start").is_some() {
            println!(
                "{}",
                json!({"started": {"version": 1, "client": client, "features": features}})
            );
        } else if let Some(run) = command.get("run") {
            println!("{}", answer(run));
        } else {
            break;
        }
    }
}
