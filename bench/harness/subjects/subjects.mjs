// Who is measured, and in what.
import { inBench } from '../processes/children.mjs';
import { peers } from './peers/peers.mjs';
import * as ofPeers from './peers/scenarios.mjs';
import * as ofWebhooks from './webhooks/scenarios.mjs';

/** The server of this repository. */
export const ours = 'Webhooks';

/** Another build of it. */
export const compared = 'Webhooks, compared';

/** Peers that a quick look is content with: the fastest with each store. */
export const quickPeers = ['graphile-worker, results batched', 'BullMQ, fsync always'];

/** The names of what is measured in each round, and once after the rounds. */
export const scenarioNames = [...new Set(
  [ofPeers.scenarios, ofWebhooks.scenarios, ofWebhooks.onceScenarios].flatMap((scenarios) => Object.keys(scenarios)))];

/**
 * All subjects by name, each with its scenarios: functions of the services and the sizes that give results.
 *
 * @param {string | undefined} comparedDirectory where another build of the server is, if that is to be measured too
 * @returns {Record<string, { scenarios: object, onceScenarios: object }>}
 */
export function findSubjects(comparedDirectory) {
  const subjects = { [ours]: serverBuiltIn(inBench('../artifacts/bin/Webhooks.Server/release')) };
  if (comparedDirectory) {
    subjects[compared] = serverBuiltIn(comparedDirectory);
  }

  for (const [name, peer] of Object.entries(peers)) {
    const scenarios = Object.entries(ofPeers.scenarios).filter(([scenario]) => ofPeers.canDo(peer, scenario));
    subjects[name] = { scenarios: bind(Object.fromEntries(scenarios), peer), onceScenarios: {} };
  }

  return subjects;
}

function serverBuiltIn(directory) {
  return { scenarios: bind(ofWebhooks.scenarios, { directory }), onceScenarios: bind(ofWebhooks.onceScenarios, { directory }) };
}

function bind(scenarios, subject) {
  return Object.fromEntries(Object.entries(scenarios).map(([name, measure]) => [
    name,
    (services, sizes) => measure(subject, services, sizes),
  ]));
}
