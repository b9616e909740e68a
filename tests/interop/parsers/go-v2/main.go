// Says what encoding/json/v2 reads in each payload named on standard input.
package main

import (
	"bufio"
	"encoding/json/v2"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
	"unicode/utf16"
)

func text(value string) string {
	var out strings.Builder
	out.WriteByte('s')
	for _, unit := range utf16.Encode([]rune(value)) {
		fmt.Fprintf(&out, "%04x", unit)
	}
	return out.String()
}

func told(value any) string {
	switch held := value.(type) {
	case nil:
		return "n"
	case bool:
		if held {
			return "t"
		}
		return "f"
	case float64:
		if held == 0 {
			held = 0
		}
		return fmt.Sprintf("d%016x", math.Float64bits(held+0))
	case string:
		return text(held)
	case []any:
		parts := make([]string, len(held))
		for at, item := range held {
			parts[at] = told(item)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		parts := make([]string, 0, len(held))
		for name, item := range held {
			parts = append(parts, text(name)+":"+told(item))
		}
		sort.Strings(parts)
		return "{" + strings.Join(parts, ",") + "}"
	}
	panic(fmt.Sprintf("%T", value))
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		payload, err := os.ReadFile(lines.Text())
		if err != nil {
			panic(err)
		}
		var value any
		if json.Unmarshal(payload, &value) != nil {
			fmt.Fprintln(out, "refused")
			continue
		}
		fmt.Fprintln(out, told(value))
	}
}
