import { setTimeout as wait } from 'node:timers/promises';

const pauseMs = 50;

/** Tries until it succeeds, or fails with what went wrong last. */
export async function untilItAnswers(name, attempt, seconds = 30) {
  for (const deadline = Date.now() + seconds * 1000; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) {
        throw new Error(`${name} did not start: ${error.message}`);
      }

      await wait(pauseMs);
    }
  }
}
