// Package schemas holds the JSON Schemas of the OpenAI organization usage and costs records: data only.
package schemas

import "embed"

// Files has every schema under its path in this folder, such as "served/latest.json".
//
//go:embed *.json draft-07 page result served types
var Files embed.FS
