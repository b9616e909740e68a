// A paging client on Go's own net/http: it fetches all pages of a query, and prints the buckets as one array.
// What it is to fetch stands in the environment. The text of each bucket is printed as it came, so no digit is lost.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

const (
	attempts = 4
	// patience is how long an answer may take, and how long a server may ask to be left alone.
	patience = 30 * time.Second
)

var client = &http.Client{Timeout: patience}

// pageOf returns the buckets of a page, each as its text, and the cursor of the next one; "" if this is the last.
func pageOf(body []byte) (buckets []json.RawMessage, cursor string, err error) {
	var page map[string]json.RawMessage // a struct would take names in another case, too
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(page["data"], &buckets); err != nil || buckets == nil {
		return nil, "", fmt.Errorf("this is no page: %.200s", body)
	}
	var more *bool
	if text, ok := page["has_more"]; ok {
		if err := json.Unmarshal(text, &more); err != nil {
			return nil, "", err
		}
	}
	if text, ok := page["next_page"]; ok {
		if err := json.Unmarshal(text, &cursor); err != nil {
			return nil, "", err
		}
	}
	if more != nil && *more && cursor == "" {
		return nil, "", errors.New("there are more pages, and no cursor leads to them")
	}
	if more != nil && !*more {
		cursor = ""
	}
	return buckets, cursor, nil
}

// wait says how long to wait: as long as the server asks for, and otherwise a little longer each time.
func wait(asked string, attempt int) time.Duration {
	if seconds, err := strconv.ParseUint(asked, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	return 200 * time.Millisecond << attempt
}

// get sends one request, and returns its answer and the whole body.
func get(target string) (*http.Response, []byte, error) {
	request, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("OPENAI_ADMIN_KEY"))
	answer, err := client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, body, err
}

// answerTo returns the body that comes from there; what may pass is tried again.
func answerTo(target string) ([]byte, error) {
	for attempt := 1; ; attempt++ {
		answer, body, err := get(target)
		if err != nil {
			return nil, err
		}
		if answer.StatusCode == http.StatusOK {
			return body, nil
		}
		delay := wait(answer.Header.Get("Retry-After"), attempt)
		passing := answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500
		if attempt == attempts || delay > patience || !passing {
			return nil, fmt.Errorf("status %d: %.200s", answer.StatusCode, body)
		}
		time.Sleep(delay)
	}
}

// startOf returns when a bucket starts, as it says so.
func startOf(bucket json.RawMessage) (string, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(bucket, &members); err != nil || members["start_time"] == nil {
		return "", fmt.Errorf("a bucket does not say when it starts: %.200s", bucket)
	}
	return string(members["start_time"]), nil
}

// fetch returns all buckets of a query, each as its text; where pages overlap, a bucket is there once.
func fetch() ([]json.RawMessage, error) {
	first := os.Getenv("OPENAI_BASE_URL") + "/organization/" + os.Getenv("USAGECOMPAT_ENDPOINT") + "?" +
		os.Getenv("USAGECOMPAT_QUERY")
	var all []json.RawMessage
	known, places := map[string]bool{}, map[string]int{}
	for target := first; ; {
		body, err := answerTo(target)
		if err != nil {
			return nil, err
		}
		buckets, cursor, err := pageOf(body)
		if err != nil {
			return nil, err
		}
		for _, bucket := range buckets {
			start, err := startOf(bucket)
			if err != nil {
				return nil, err
			}
			if place, ok := places[start]; ok {
				all[place] = bucket
				continue
			}
			places[start] = len(all)
			all = append(all, bucket)
		}
		if cursor == "" {
			return all, nil
		}
		if known[cursor] {
			return nil, fmt.Errorf("the cursor %s has come before, so the pages would not end", cursor)
		}
		known[cursor] = true
		target = first + "&page=" + url.QueryEscape(cursor)
	}
}

func main() {
	buckets, err := fetch()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write([]byte("["))
	for index, bucket := range buckets {
		if index > 0 {
			os.Stdout.Write([]byte(","))
		}
		os.Stdout.Write(bytes.TrimSpace(bucket))
	}
	os.Stdout.Write([]byte("]\n"))
}
