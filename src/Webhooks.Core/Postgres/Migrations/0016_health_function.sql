-- The health of webhooks is kept by a function, which the statement that records results calls: PostgreSQL plans what is in it once in a session,
-- and not for each of those statements, most of which change nothing here.
--
-- A receiver has to have failed at three moments, each a tenth of the whole time after the one before, so that no single jump of a clock, however
-- far, disables a webhook. The circuit opens by faults and closes by any other answer, but neither by what was claimed before it last opened. Of the
-- pauses by the circuit and by what the receiver asked for, the later end counts. Rows are locked in the order of their ids. What is decided is
-- decided by the rows as they are then, so that of two statements at once one makes a change.
CREATE FUNCTION webhook_record_health(
    -- Of each result that was recorded, in the order in which they came (HealthMark in the code).
    recorded_webhooks uuid[], recorded_healthy boolean[], recorded_streaks boolean[], recorded_disables text[], recorded_claims timestamptz[],
    recorded_faults boolean[], recorded_fault_streaks boolean[], recorded_pauses interval[],
    -- Settings; the time after which a failing webhook is disabled is NULL for never.
    success_precision interval, disable_after interval, failing_from int, opens_after int, first_pause interval, longest_pause interval
) RETURNS TABLE (webhook_id uuid, kind text, failures int, failing_since timestamptz, reason text, "time" interval)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH recorded AS (
        SELECT * FROM unnest(
            recorded_webhooks, recorded_healthy, recorded_streaks, recorded_disables, recorded_claims, recorded_faults,
            recorded_fault_streaks, recorded_pauses)
            AS recorded (webhook_id, healthy, in_streak, disables, claimed_at, faulty, in_fault_streak, pause)
    ), mark AS (
        SELECT health.webhook_id, bool_or(recorded.healthy) AS succeeded, bool_or(NOT recorded.healthy) AS failed,
               count(*) FILTER (WHERE recorded.in_streak)::int AS failures, max(recorded.disables) AS disables,
               min(recorded.claimed_at) AS claimed_at,
               max(recorded.claimed_at) FILTER (WHERE NOT recorded.faulty) AS answer_claimed_at,
               max(recorded.claimed_at) FILTER (WHERE recorded.faulty) AS fault_claimed_at,
               count(*) FILTER (WHERE recorded.in_fault_streak)::int AS faults, max(recorded.pause) AS pause
        FROM recorded JOIN webhook_health AS health ON health.webhook_id = recorded.webhook_id
        WHERE recorded.healthy IS NOT NULL AND recorded.claimed_at >= health.reset_at
        GROUP BY health.webhook_id
        HAVING bool_or(NOT recorded.healthy) OR max(recorded.disables) IS NOT NULL OR health.consecutive_failures > 0
            OR health.openings > 0 OR health.last_success_at IS NULL OR health.last_success_at < now() - success_precision
    ), known AS (
        SELECT mark.webhook_id, mark.succeeded, mark.failed, mark.failures, mark.disables,
               health.consecutive_failures, health.failing_since, health.failing_confirmed_at,
               health.receiver_faults, health.openings, health.opened_at, health.paused_until, health.paused_by, health.probing,
               coalesce(mark.answer_claimed_at >= health.opened_at, false) AS answered,
               CASE WHEN mark.fault_claimed_at >= health.opened_at THEN mark.faults ELSE 0 END AS faults,
               now() + mark.pause AS asked_until
        FROM mark JOIN webhook_health AS health ON health.webhook_id = mark.webhook_id
        WHERE mark.claimed_at >= health.reset_at
        ORDER BY health.webhook_id
        FOR NO KEY UPDATE OF health
    ), judged AS (
        SELECT webhook_id, succeeded, failed, consecutive_failures AS failures_before,
               CASE WHEN succeeded THEN failures ELSE consecutive_failures + failures END AS failures,
               CASE WHEN succeeded AND failures = 0 THEN NULL
                    WHEN succeeded OR failing_since IS NULL THEN now()
                    ELSE least(failing_since, now()) END AS failing_since,
               CASE WHEN succeeded THEN NULL
                    WHEN failing_confirmed_at IS NOT NULL THEN least(failing_confirmed_at, now())
                    WHEN now() - failing_since >= disable_after / 10 THEN now() END AS failing_confirmed_at,
               CASE WHEN disables IS NOT NULL THEN disables
                    WHEN NOT succeeded AND now() - failing_since >= disable_after
                        AND now() - failing_confirmed_at >= disable_after / 10 THEN 'failing' END AS disables,
               CASE WHEN answered THEN faults ELSE receiver_faults + faults END AS receiver_faults,
               openings AS openings_before,
               CASE WHEN openings > 0 THEN CASE WHEN answered THEN 0 WHEN probing AND faults > 0 THEN openings + 1 ELSE openings END
                    WHEN CASE WHEN answered THEN faults ELSE receiver_faults + faults END >= opens_after THEN 1
                    ELSE 0 END AS openings,
               opened_at, paused_until, paused_by, probing, asked_until
        FROM known
    ), circuit AS (
        SELECT *, openings > openings_before AS opens, openings = 0 AND openings_before > 0 AS closes,
               CASE WHEN openings > openings_before
                    THEN now() + least(first_pause * 2 ^ least(openings - 1, 20), longest_pause) * (1 + random() / 4)
                    END AS opened_until
        FROM judged
    ), pausing AS (
        SELECT *, greatest(
                   CASE WHEN NOT (paused_by = 'circuit' AND (closes OR opens)) AND (paused_until > now() OR openings > 0)
                        THEN paused_until END,
                   opened_until,
                   asked_until) AS pauses_until
        FROM circuit
    ), kept AS (
        UPDATE webhook_health AS health SET
            consecutive_failures = judged.failures,
            failing_since = judged.failing_since,
            failing_confirmed_at = judged.failing_confirmed_at,
            last_success_at = CASE WHEN judged.succeeded THEN now() ELSE health.last_success_at END,
            last_failure_at = CASE WHEN judged.failed THEN now() ELSE health.last_failure_at END,
            receiver_faults = judged.receiver_faults,
            openings = judged.openings,
            opened_at = CASE WHEN judged.opens THEN now() ELSE judged.opened_at END,
            paused_until = judged.pauses_until,
            paused_by = CASE WHEN judged.pauses_until IS NULL THEN NULL
                             WHEN judged.pauses_until = judged.asked_until THEN 'retry_after'
                             WHEN judged.pauses_until = judged.opened_until THEN 'circuit'
                             ELSE judged.paused_by END,
            probing = judged.probing AND NOT (judged.opens OR judged.closes)
        FROM pausing AS judged WHERE health.webhook_id = judged.webhook_id
        RETURNING judged.*, health.paused_by AS pauses_by
    ), disabled AS (
        UPDATE webhooks SET active = false, disabled_at = now(), disabled_reason = kept.disables, updated_at = now()
        FROM kept
        WHERE webhooks.id = kept.webhook_id AND kept.disables IS NOT NULL AND webhooks.active AND webhooks.deleted_at IS NULL
        RETURNING webhooks.id, webhooks.disabled_reason
    ), change AS (
        SELECT webhook_id, 'failing' AS kind, failures, failing_since, NULL::text AS reason, NULL::interval AS "time" FROM kept
        WHERE failures_before < failing_from AND failures >= failing_from
        UNION ALL
        SELECT webhook_id, 'recovered', NULL, NULL, NULL, NULL FROM kept
        WHERE failures_before >= failing_from AND failures < failing_from
        UNION ALL
        SELECT webhook_id, 'paused', openings, NULL, pauses_by, pauses_until - now() FROM kept
        WHERE opens OR (asked_until IS NOT NULL AND (paused_until IS NULL OR paused_until <= now()))
        UNION ALL
        SELECT webhook_id, 'resumed', NULL, NULL, NULL, NULL FROM kept WHERE closes AND pauses_until IS NULL
        UNION ALL
        SELECT id, 'disabled', NULL, NULL, disabled_reason, NULL FROM disabled
    )
    SELECT change.webhook_id, change.kind, change.failures, change.failing_since, change.reason, change."time" FROM change;
END $$;
