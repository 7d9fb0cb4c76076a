// How long pages of history, statistics and claims of due work take with few and with many deliveries in the database. Both databases
// are asked in turn, so that what else the machine does meets them alike.
import { now } from '../../clock.mjs';
import { median } from '../../numbers.mjs';
import { History } from './history.mjs';

const smallHistory = 10_000;
const pageSize = 50;
const pageRuns = { warmUps: 50, repetitions: 300 };
const statisticsRuns = { warmUps: 20, repetitions: 100 };
const claimSize = 10;
const claimRuns = { warmUps: 20, repetitions: 100 };

const fewWebhooks = 10;
const manyWebhooks = 1000;

/** The query that each kind of page is asked for with, beside its size. */
const pages = {
  first: async () => ({}),
  deep: async (ask, history, webhook) => ({ cursor: (await ask({ to: history.early }, webhook)).next_cursor }),
  'filtered by status': async () => ({ status: 'failed' }),
  'filtered by event': async () => ({ event: History.rareEvent }),
  'filtered by response status': async () => ({ response_status: 500 }),
};

/** @returns one result for each kind of page, for statistics and for claims, with the median times in milliseconds */
export async function scale(subject, services, { history }) {
  const histories = [];
  try {
    histories.push(await History.open(subject, services, 'small_history', { webhooks: fewWebhooks, deliveries: smallHistory }));
    histories.push(await History.open(subject, services, 'large_history', { webhooks: manyWebhooks, deliveries: history }));
    const results = [];
    for (const [kind, makeQuery] of Object.entries(pages)) {
      results.push({ what: `history page, ${kind}`, ...await comparePages(histories, makeQuery) });
    }

    results.push({ what: 'statistics of all webhooks, 1,344 hours', ...await compareStatistics(histories, { ofWebhooks: false }) });
    results.push({ what: 'statistics of a webhook, 56 days', ...await compareStatistics(histories, { ofWebhooks: true }) });
    results.push({ what: 'claim of due work', ...await compareClaims(histories) });
    return results.map((result) => ({ scenario: 'scale', deliveries: { small: smallHistory, large: history }, problems: [], ...result }));
  } finally {
    await Promise.all(histories.map((history) => history.close()));
  }
}

async function comparePages(histories, makeQuery) {
  const [small, large] = await Promise.all(histories.map(async (history) => {
    const ask = await history.pages(pageSize);
    return async (turn) => {
      const query = await makeQuery(ask, history, turn);
      const startedAt = now();
      await ask(query, turn);
      return (now() - startedAt) / 1e6;
    };
  }));
  return compare(small, large, pageRuns);
}

async function compareStatistics(histories, which) {
  const [small, large] = await Promise.all(histories.map(async (history) => {
    const ask = await history.statistics(which);
    return async (turn) => {
      const startedAt = now();
      await ask(turn);
      return (now() - startedAt) / 1e6;
    };
  }));
  return compare(small, large, statisticsRuns);
}

async function compareClaims(histories) {
  await Promise.all(histories.map((history) => history.makeDue(claimSize * (claimRuns.warmUps + claimRuns.repetitions))));
  const [small, large] = histories.map((history) => () => history.claim(claimSize));
  return compare(small, large, claimRuns);
}

async function compare(small, large, { warmUps, repetitions }) {
  const times = { small: [], large: [] };
  for (let turn = 0; turn < warmUps + repetitions; turn++) {
    const time = { small: await small(turn), large: await large(turn) };
    if (turn >= warmUps) {
      times.small.push(time.small);
      times.large.push(time.large);
    }
  }

  return { small: median(times.small), large: median(times.large) };
}
