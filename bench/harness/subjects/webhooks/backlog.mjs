// What operators do with the backlog of a receiver that was dead for a night: cancel it, and recover it once the receiver is back. Others'
// live events are timed meanwhile.
import { setTimeout as wait } from 'node:timers/promises';
import { findFree } from '../../../../local/ports.mjs';
import { now, secondsBetween } from '../../clock.mjs';
import { receiverUrls } from '../plan.mjs';
import { ageOfLiveEvents } from './live.mjs';
import { createWebhooks, stored } from './load.mjs';
import { withServer } from './with-server.mjs';

const recoverySeconds = 600;
const mostRate = 10_000;

/** @returns one result for the cancellation, one for the recovery */
export function backlog(subject, services, { backlog: deliveries }) {
  return withServer(subject, services, async (use) => {
    const { nginx, timingSink } = services;
    const live = await createWebhooks(use.load, receiverUrls(timingSink.origin));
    const [organization] = await createWebhooks(use.load, [`http://127.0.0.1:${await findFree()}/dead`]);
    const webhook = await Webhook.find(use, organization);
    const undisturbed = await ageOfLiveEvents(use.load, live, timingSink);

    const from = new Date();
    use.server.freeze();
    await use.load.ask('writeBacklog', { organizations: [organization], events: deliveries, ...stored });
    use.server.thaw();
    const [canceled, besideCanceling] = await Promise.all([webhook.cancel(), ageOfLiveEvents(use.load, live, timingSink)]);
    const attemptsWhileDead = await webhook.countAttempts();

    await webhook.change({ url: `${nginx.origin}/back` });
    const [recovered, besideRecovery] = await Promise.all([
      webhook.recover(from, nginx),
      wait(1000).then(() => ageOfLiveEvents(use.load, live, timingSink)),
    ]);
    return [
      {
        scenario: 'backlog', what: 'canceled', deliveries, ...canceled, attemptsWhileDead,
        undisturbed, live: besideCanceling, problems: [],
      },
      {
        scenario: 'backlog', what: 'recovered', ...recovered, peakMemory: use.server.peakMemory,
        undisturbed, live: besideRecovery, problems: [],
      },
    ];
  });
}

/** The webhook of an organization, through the API. */
class Webhook {
  #database;
  #url;
  #token;

  static async find({ database, server, load }, organization) {
    const webhook = new Webhook();
    webhook.#database = database;
    webhook.#token = await load.ask('createToken', { organization });
    webhook.#url = `${server.url}/api/v1/webhooks`;
    const { data: [{ id }] } = await webhook.#ask('GET', '');
    webhook.#url += `/${id}`;
    return webhook;
  }

  change(changes) {
    return this.#ask('PATCH', '', changes);
  }

  /** Cancels all that is pending. */
  async cancel() {
    const body = { created_before: new Date(Date.now() + 1000).toISOString() };
    const startedAt = now();
    let [calls, canceled, complete] = [0, 0, false];
    while (!complete) {
      const answer = await this.#ask('POST', '/deliveries/cancel', body);
      calls++;
      canceled += answer.canceled;
      complete = answer.complete;
    }

    return { calls, canceled, seconds: secondsBetween(startedAt, now()) };
  }

  /** Recovers all, or as much as ten minutes allow, as fast as may be asked for. */
  async recover(from, nginx) {
    const requestsBefore = await nginx.countRequests();
    const startedAt = now();
    const { id } = await this.#ask(
      'POST', '/recoveries', { from: from.toISOString(), to: new Date().toISOString(), statuses: ['canceled', 'failed'], rate: mostRate });
    const deadline = startedAt + recoverySeconds * 1e9;
    let recovery;
    do {
      await wait(200);
      recovery = await this.#ask('GET', `/recoveries/${id}`);
    } while (recovery.state === 'running' && now() < deadline);

    const seconds = secondsBetween(startedAt, now());
    const arrived = await nginx.countRequests() - requestsBefore;
    await this.#ask('POST', `/recoveries/${id}/cancel`).catch(() => undefined);
    return { total: recovery.total, redelivered: recovery.redelivered, arrived, seconds, perSecond: recovery.redelivered / seconds };
  }

  async countAttempts() {
    const [{ attempts }] = await this.#database.query(
      `select coalesce(sum(attempt_number), 0)::int as attempts from webhook_deliveries
       where webhook_id = (select id from webhooks where url like '%/dead')`);
    return attempts;
  }

  async #ask(method, path, body) {
    const answer = await fetch(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) {
      throw new Error(`${method} ${path} was answered with ${answer.status}: ${await answer.text()}`);
    }

    return answer.json();
  }
}
