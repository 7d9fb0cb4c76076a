-- Attempts that were refused keep the headers of the answer, which are erased with its body.
CREATE OR REPLACE FUNCTION webhook_redacted_attempts(attempts jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_agg(jsonb_set(attempt - 'response_headers', '{response_body}', 'null', false) ORDER BY number), '[]')
    FROM jsonb_array_elements(attempts) WITH ORDINALITY AS element (attempt, number));
