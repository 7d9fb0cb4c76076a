import type { Schemas } from '../api/client.ts';

type Organization = Schemas['Organization'];

/** What a form of an organization has, as it is written. */
export interface Draft {
  name: string;
  maxWebhooks: string;
  perSecond: string;
  burst: string;
  /** Origins, one in each line. */
  frameAncestors: string;
  refreshUrl: string;
}

/** An organization as it is written in its form. */
export const draftOf = ({ name, max_webhooks, publish_rate, frame_ancestors, refresh_url }: Organization): Draft => ({
  name: name ?? '',
  maxWebhooks: max_webhooks?.toString() ?? '',
  perSecond: publish_rate?.per_second.toString() ?? '',
  burst: publish_rate?.burst.toString() ?? '',
  frameAncestors: frame_ancestors.join('\n'),
  refreshUrl: refresh_url ?? '',
});

/** What a draft changes of what was written before: nothing that is as it was, so that what others change meanwhile stays. */
export function changesOf(before: Draft, draft: Draft): Schemas['UpdateOrganization'] {
  const isChanged = (...fields: (keyof Draft)[]) => fields.some((field) => before[field] !== draft[field]);
  return {
    ...(isChanged('name') ? { name: textIn(draft.name) } : {}),
    ...(isChanged('maxWebhooks') ? { max_webhooks: numberIn(draft.maxWebhooks) } : {}),
    ...(isChanged('perSecond', 'burst') ? { publish_rate: rateIn(draft) } : {}),
    ...(isChanged('frameAncestors') ? { frame_ancestors: linesIn(draft.frameAncestors) } : {}),
    ...(isChanged('refreshUrl') ? { refresh_url: textIn(draft.refreshUrl) } : {}),
  };
}

const textIn = (text: string) => (text.trim() === '' ? null : text.trim());

const numberIn = (text: string) => (text === '' ? null : Number(text));

const linesIn = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** The rate; none when neither of its numbers is written. The form sees to it that it is both or none. */
const rateIn = ({ perSecond, burst }: Draft) =>
  perSecond === '' && burst === '' ? null : { per_second: Number(perSecond), burst: Number(burst) };
