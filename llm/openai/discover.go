package openai

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// discoverLimit is how long a local server may take to list its models. It is
// on this machine: one that is slower is not ready.
const discoverLimit = 300 * time.Millisecond

// usualPlaces is where local servers listen unless told otherwise.
var usualPlaces = []string{
	"http://127.0.0.1:11434/v1", // Ollama
	"http://127.0.0.1:8080/v1",  // llama.cpp
	"http://127.0.0.1:1234/v1",  // LM Studio
}

// Discover finds a compatible server on this machine and a model that it
// offers. All candidates are asked at once; the first of them in order that
// has a model to talk to wins, and one with nothing but embedding models only
// if there is no other. nil candidates are the usual ports of Ollama,
// llama.cpp and LM Studio; what is not loopback is not asked. It takes at most
// 300 ms.
func Discover(ctx context.Context, candidates []string) (baseURL, model string, ok bool) {
	if candidates == nil {
		candidates = usualPlaces
	}
	ctx, cancel := context.WithTimeout(ctx, discoverLimit)
	defer cancel()
	transport := &http.Transport{DisableKeepAlives: true} // and no proxy
	offers := make([][]string, len(candidates))
	var all sync.WaitGroup
	for i, place := range candidates {
		at, err := parseEndpoint(place, KindOpenAI)
		if err != nil || !at.local {
			continue
		}
		all.Go(func() {
			c := New(Config{BaseURL: place, Timeout: discoverLimit, Transport: transport})
			offers[i], _ = c.Models(ctx)
		})
	}
	all.Wait()
	for _, suits := range []func(string) bool{canTalk, func(string) bool { return true }} {
		for i, names := range offers {
			if n := slices.IndexFunc(names, suits); n >= 0 {
				return candidates[i], names[n], true
			}
		}
	}
	return "", "", false
}

// canTalk tells chat models from those that only embed, rank or transcribe.
// The lists do not say; the names do.
func canTalk(model string) bool {
	model = strings.ToLower(model)
	for _, part := range []string{"embed", "bge-", "minilm", "e5-", "gte-", "rerank", "whisper", "tts"} {
		if strings.Contains(model, part) {
			return false
		}
	}
	return true
}
