import { describe, expect, it } from 'vitest';
import { type Catalog, choose, finds, kindsOf, oddityOf, wildcardOver, withdraw } from './choice.ts';

const type = (name: string) => ({ name, description: `What ${name} says`, sample: {} });
const catalog: Catalog = {
  data: [
    { category: 'User', events: ['user.created', 'user.deleted', 'user.role.added'].map(type) },
    { category: 'Billing', events: ['invoice.paid', 'payment.failed'].map(type) },
  ],
  operational: [type('webhook.disabled')],
};

describe('The choice of events', () => {
  it('takes a wildcard in the place of what it stands for', () => {
    expect(choose(['user.created', 'invoice.paid'], ['user.*'], catalog)).toEqual(['invoice.paid', 'user.*']);
    expect(choose(['user.role.*', 'user.deleted'], ['user.*'], catalog)).toEqual(['user.*']);
  });

  it('leaves out what a chosen wildcard stands for anyway', () => {
    expect(choose(['user.*'], ['user.created', 'invoice.paid'], catalog)).toEqual(['user.*', 'invoice.paid']);
    expect(choose(['*'], ['user.*'], catalog)).toEqual(['*']);
  });

  it('has operational events by their names alone', () => {
    expect(choose(['webhook.disabled', 'invoice.paid'], ['*'], catalog)).toEqual(['webhook.disabled', '*']);
    expect(choose(['*'], ['webhook.disabled'], catalog)).toEqual(['*', 'webhook.disabled']);
  });

  it('knows which wildcard stands for an event type', () => {
    expect(wildcardOver(['invoice.paid', 'user.*'], 'user.role.added')).toBe('user.*');
    expect(wildcardOver(['user.*'], 'users.created')).toBeUndefined();
    expect(wildcardOver(['user.created'], 'user.created')).toBeUndefined();
  });

  it('is withdrawn by its entries', () => {
    expect(withdraw(['user.*', 'invoice.paid'], ['user.*'])).toEqual(['invoice.paid']);
  });

  it('offers the wildcards that stand for several event types', () => {
    expect(kindsOf(['user.created', 'user.deleted', 'invoice.paid'])).toEqual(['user.*']);
    expect(kindsOf(['user.created', 'user.role.added', 'user.role.removed'])).toEqual(['user.*', 'user.role.*']);
  });

  it('tells what is archived or unknown', () => {
    expect(oddityOf('user.created', catalog, ['old.one'])).toBeUndefined();
    expect(oddityOf('webhook.disabled', catalog, [])).toBeUndefined();
    expect(oddityOf('*', catalog, [])).toBeUndefined();
    expect(oddityOf('old.*', catalog, ['old.one'])).toBeUndefined();
    expect(oddityOf('old.one', catalog, ['old.one'])).toBe('archived');
    expect(oddityOf('gone.long_ago', catalog, ['old.one'])).toBe('unknown');
    expect(oddityOf('gone.*', catalog, ['old.one'])).toBe('unknown');
  });

  it('is found by a part of a name, a description or a category, or by a wildcard', () => {
    expect(finds('ROLE', type('user.role.added'), 'User')).toBe(true);
    expect(finds('billing', type('invoice.paid'), 'Billing')).toBe(true);
    expect(finds('says', type('invoice.paid'), 'Billing')).toBe(true);
    expect(finds('user.*', type('user.role.added'), 'User')).toBe(true);
    expect(finds('*.added', type('user.role.added'), 'User')).toBe(true);
    expect(finds('user.*', type('users.created'), 'User')).toBe(false);
    expect(finds('u.er*', type('user.created'), 'User')).toBe(false);
  });
});
