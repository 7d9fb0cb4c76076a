import { rounded } from '../numbers.mjs';
import { microseconds, perCpuSecond, statementsPerDelivery } from './figures.mjs';

/** A result in a line, for those who watch. */
export function describe(result) {
  const { round, subject, scenario, problems, duplicates, complete } = result;
  const figures = result.stack ? [] : figuresOf(result);
  return [
    `round ${round}  ${subject}  ${scenario}: ${figures.join(', ')}`,
    complete === false ? 'CUT OFF' : '',
    duplicates > 0 ? `${duplicates} duplicates` : '',
    problems?.length > 0 ? `FAILED: ${problems.join('; ')}` : '',
  ].filter(Boolean).join('  ');
}

function figuresOf(result) {
  switch (result.scenario) {
    case 'latency':
      return ['p50', 'p95', 'p99'].map((percentile) => `${percentile} ${rounded(result[percentile])} ms`);
    case 'fairness':
    case 'refusing':
      return [
        `healthy done after ${rounded(result.seconds)} s`,
        ...(result.undisturbedSeconds ? [`undisturbed ${rounded(result.undisturbedSeconds)} s`] : []),
        ...(result.otherAttempts ? [`${result.otherAttempts} attempts of the others`] : []),
      ];
    case 'memory':
      return [`${rounded(result.peakMemory / 1e6)} MB with ${rounded(result.pending)} pending`, `${rounded(result.perSecond)}/s`];
    case 'backlog':
      return [
        ...(result.what === 'canceled'
          ? [`${result.canceled} canceled in ${rounded(result.seconds)} s by ${result.calls} calls`, `${result.attemptsWhileDead} attempts`]
          : [`${rounded(result.perSecond)} recovered/s of ${result.total}`, `${rounded(result.peakMemory / 1e6)} MB`]),
        `live events p50 ${rounded(result.live.p50)} ms, p99 ${rounded(result.live.p99)} ms`,
        `undisturbed ${rounded(result.undisturbed.p50)} ms, ${rounded(result.undisturbed.p99)} ms`,
      ];
    case 'dead':
      return [`${result.attempts} attempts of ${result.deliveries} deliveries in ${result.minutes} minutes`];
    case 'filters':
      return [`an event ${rounded(result.many)} ms with ${result.webhooks} filtered webhooks, ${rounded(result.one)} ms with one`];
    case 'transforms':
      return ['p50', 'p95', 'p99'].map((percentile) =>
        `${percentile} ${rounded(result.live[percentile])} ms, undisturbed ${rounded(result.undisturbed[percentile])} ms`);
    case 'scale':
      return [`${result.what} ${rounded(result.small)} ms, ${rounded(result.large)} ms`];
    default:
      return ratesOf(result);
  }
}

function ratesOf(result) {
  const used = ['senders', 'store', 'producer']
    .filter((part) => result.cpu[part] !== undefined)
    .map((part) => `${part} ${rounded(microseconds(part)(result))}`);
  return [
    `${rounded(result.perSecond)}/s`,
    ...(result.deliveries ? [`${rounded(perCpuSecond(result))} per CPU s`, `CPU µs ${used.join(' ')}`] : []),
    ...(result.statements ? [`${rounded(statementsPerDelivery(result))} statements per delivery`] : []),
  ];
}
