import { ceiling } from '../subjects/limits/limits.mjs';
import { peers } from '../subjects/peers/peers.mjs';
import { compared, ours } from '../subjects/subjects.mjs';

/** All that was measured, by subject and scenario. Ratios are taken within a round: the rounds may differ in what else the machine did. */
export class Results {
  #all;

  constructor(all) {
    this.#all = all;
  }

  /** The results of every round, without those that ended before there was anything to measure. */
  of(subject, scenario) {
    return this.#measured.filter((result) => result.subject === subject && result.scenario === scenario);
  }

  /** The results after which something was not as it must be. */
  get withProblems() {
    return this.#all.filter(({ problems }) => problems?.length > 0);
  }

  get rounds() {
    return [...new Set(this.#all.map(({ round }) => round))];
  }

  /** The results of a round whose processor time was metered. */
  meteredIn(round) {
    return this.#measured.filter((result) => result.round === round && result.cpu);
  }

  /** The server and the peers that were measured. */
  get subjects() {
    return [ours, compared, ...Object.keys(peers)].filter((name) => this.#has(name));
  }

  /** The peers that were measured. */
  get peers() {
    return Object.keys(peers).filter((name) => this.#has(name));
  }

  /** The limits that were measured, and in which ways. @returns {[string, string][]} subjects and scenarios with rates */
  get limits() {
    const named = this.#measured
      .filter(({ subject, perSecond }) => ![ours, compared].includes(subject) && !(subject in peers) && perSecond)
      .map(({ subject, scenario }) => JSON.stringify([subject, scenario]));
    return [...new Set(named)].map((pair) => JSON.parse(pair));
  }

  /** The ratio of a subject's figure to the best of others' in the same round, for each round that has both. */
  ratiosToBest(subject, others, scenario, figure, best = Math.max) {
    return this.of(subject, scenario).flatMap((result) => {
      const figures = others.flatMap((other) => this.of(other, scenario).filter(({ round }) => round === result.round).map(figure));
      return figures.length > 0 ? [figure(result) / best(...figures)] : [];
    });
  }

  /** The ratio of each result's figure to the ceiling's in the same round, for those whose round has one. */
  ratiosToCeiling(results, figure) {
    return results.flatMap((result) => {
      const figures = this.of(ceiling, 'send').filter(({ round }) => round === result.round).map(figure);
      return figures.length > 0 ? [figure(result) / (figures.reduce((sum, value) => sum + value, 0) / figures.length)] : [];
    });
  }

  get #measured() {
    return this.#all.filter(({ stack }) => stack === undefined);
  }

  #has(name) {
    return this.#all.some(({ subject }) => subject === name);
  }
}
