/**
 * `Idempotency-Key`s for requests that make something: the same request again has the same key, so that one whose answer was lost makes
 * nothing twice, and another request has another.
 */
export class RequestKeys {
  #request: string | undefined;
  #key = '';

  /** The key of a request with this body. */
  for(body: unknown): string {
    const request = JSON.stringify(body);
    if (request !== this.#request) {
      this.#request = request;
      this.#key = createKey();
    }

    return this.#key;
  }
}

/** By `getRandomValues`, which pages without HTTPS have as well. */
function createKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
