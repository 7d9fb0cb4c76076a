-- The planner expects so much work of sets whose size it does not know that it would compile statements of milliseconds, for a second. Sessions
-- that this program opens are told so; those that a pooler opens by itself begin with what is said here of the user.
DO $$
BEGIN
    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'jit stays as the server has it: the user may not change its own settings';
END
$$;
