import { headerOf, type SentRequest } from '../request.ts';
import { literal } from '../text.ts';

export const go = (request: SentRequest): string => `package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

func main() {
	secret := os.Getenv("WEBHOOK_SECRET")
	if secret == "" {
		panic("Set WEBHOOK_SECRET first.")
	}
	id := ${literal(headerOf(request, 'webhook-id'))}
	timestamp := ${literal(headerOf(request, 'webhook-timestamp'))}
	signatures := ${literal(headerOf(request, 'webhook-signature'))}
	simpleSignature := ${literal(headerOf(request, 'X-Webhook-Signature'))}
	// In your receiver: the raw bytes of the request's body, before anything parses them.
	body := []byte(${literal(request.body)})

	// webhook-signature: the key is what the secret's base64 stands for, and id and time are signed with the body.
	// In your receiver, refuse a timestamp that is more than five minutes old, too.
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		panic(err)
	}
	standard := "v1," + base64.StdEncoding.EncodeToString(sign(key, []byte(id+"."+timestamp+"."), body))
	isValid := false
	for _, given := range strings.Fields(signatures) {
		isValid = isValid || hmac.Equal([]byte(standard), []byte(given))
	}
	fmt.Println("webhook-signature:", say(isValid))

	// X-Webhook-Signature: the key is the secret's text, and the body alone is signed.
	simple := hex.EncodeToString(sign([]byte(secret), body))
	fmt.Println("X-Webhook-Signature:", say(hmac.Equal([]byte(simple), []byte(simpleSignature))))
}

func sign(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

func say(isValid bool) string {
	if isValid {
		return "valid"
	}
	return "NOT valid"
}
`;
