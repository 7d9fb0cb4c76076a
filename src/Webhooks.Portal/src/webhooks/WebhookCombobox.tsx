import { Combobox } from '@base-ui/react/combobox';
import { useState } from 'react';
import { Field } from '../ui/Field.tsx';
import { useWebhookName } from './names.ts';
import { useWebhookSearch } from './search.ts';
import { nameOf } from './state.ts';

interface Props {
  label: string;
  hint?: string;
  errors?: readonly string[];
  /** The id of the webhook that is chosen; undefined for none. */
  value: string | undefined;
  /** What no choice means. */
  none: string;
  onChange: (id: string | undefined) => void;
}

/** A field with the choice of a webhook, found by its URL, description or id. */
export function WebhookCombobox({ label, hint, errors = [], value, none, onChange }: Props) {
  const [text, setText] = useState('');
  const name = useWebhookName();
  const { found, isPending } = useWebhookSearch(text);
  const byId = new Map(found.map((webhook) => [webhook.id, webhook]));
  const call = (id: string) => {
    const webhook = byId.get(id);
    return webhook === undefined ? name(id) : nameOf(webhook);
  };
  return (
    <Combobox.Root
      // What is chosen is shown by its name, once that is known.
      key={value === undefined ? none : name(value)}
      items={found.map(({ id }) => id)}
      filter={null}
      value={value ?? null}
      itemToStringLabel={call}
      onValueChange={(id) => {
        setText('');
        onChange(id ?? undefined);
      }}
      onInputValueChange={(typed, { reason }) => {
        if (reason === 'input-change') {
          setText(typed.trim());
        }
      }}
    >
      <Field label={label} errors={errors} {...(hint === undefined ? {} : { hint })}>
        {(control) => (
          <div className="combobox">
            {/* While the list is open, everything else is hidden from screen readers, also the label. */}
            <Combobox.Input {...control} aria-label={label} className="input" placeholder={none} />
            {value !== undefined && (
              <Combobox.Clear className="button button-plain button-small" aria-label={`Choose ${none.toLowerCase()}`}>
                ×
              </Combobox.Clear>
            )}
          </div>
        )}
      </Field>
      <Combobox.Portal>
        <Combobox.Positioner className="popup-place" sideOffset={4}>
          <Combobox.Popup className="popup">
            <Combobox.Empty className="popup-empty">
              {isPending ? 'Searching …' : 'No webhook has that in its URL, description or id.'}
            </Combobox.Empty>
            <Combobox.List className="popup-list">
              {(id: string) => (
                <Combobox.Item key={id} value={id} className="option">
                  {call(id)}
                  <div className="muted">{byId.get(id)?.description}</div>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
