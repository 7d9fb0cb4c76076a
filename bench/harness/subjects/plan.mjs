// What all subjects are given to do.

/** Bytes of what is sent. */
export const payloadBytes = 1024;

/** The number of deliveries that an event has in the scenario that fans out. */
export const fanOut = 50;

/** The number of events that are enqueued in one call, or published in one request, in bulk. */
export const batch = 500;

/** The load under which latency is measured. */
export const pace = { perSecond: 200, seconds: 10 };

/** The number of receivers of which one hangs in the fairness scenario. */
export const stalledEvery = 20;

/** The seconds after which a scenario is cut off. */
export const limitSeconds = 120;

/** The seconds after which the fairness scenario is cut off; who needs more than a minute is not fair. */
export const fairnessLimitSeconds = 60;

const receivers = 100;

/** The URLs that deliveries go to. */
export function receiverUrls(origin) {
  return Array.from({ length: receivers }, (_, index) => `${origin}/receiver/${index}`);
}
