import { findFree } from '../../../../local/ports.mjs';
import { countAttempts } from './database.mjs';
import { createWebhooks } from './load.mjs';
import { withServer } from './with-server.mjs';

const eventsPerSecond = 1;

/** Counts the attempts that a receiver gets which refuses connections, while events for it keep coming. */
export function dead(subject, services, { deadMinutes }) {
  return withServer(subject, services, async (use) => {
    const organizations = await createWebhooks(use.load, [`http://127.0.0.1:${await findFree()}/dead`]);
    const stopMeter = use.meter();
    const published = await use.load.ask('pace', { organizations, perSecond: eventsPerSecond, seconds: deadMinutes * 60 });
    return [{
      scenario: 'dead',
      minutes: deadMinutes,
      deliveries: published.length,
      attempts: await countAttempts(use.database, organizations),
      cpu: stopMeter(),
      problems: [],
    }];
  });
}
