import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useState } from 'react';
import type { Command, CommandGroup } from './command.ts';
import { useCommands } from './useCommands.ts';
import './palette.css';

interface Props {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  /** Called when a command has been chosen. */
  onChosen: () => void;
}

/** A field that leads to whatever is typed: a screen, a webhook, a delivery or event by its id, or something to do. */
export default function Palette({ isOpen, onOpenChange, onChosen }: Props) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="dialog-backdrop" />
        <Dialog.Popup className="dialog palette" aria-label="Go to">
          <Commands
            onChosen={() => {
              onOpenChange(false);
              onChosen();
            }}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ onChosen }: { onChosen: () => void }) {
  const [text, setText] = useState('');
  const { groups, isPending } = useCommands(text.trim());
  const run = (command: Command) => {
    onChosen();
    command.run();
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      filter={null}
      value={text}
      onValueChange={(typed, { reason }) => {
        if (reason === 'input-change') {
          setText(typed);
        }
      }}
      itemToStringValue={({ name }: Command) => name}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className="input"
        aria-label="Screen, webhook, id or action"
        placeholder="Screen, webhook, id or action"
      />
      <div className="palette-list">
        <Autocomplete.Status className="palette-status">
          {isPending && text !== '' && 'Searching …'}
        </Autocomplete.Status>
        <Autocomplete.Empty className="popup-empty">
          {!isPending && 'There is nothing of that name. Event ids and delivery ids are found when they are whole.'}
        </Autocomplete.Empty>
        <Autocomplete.List>
          {({ name, items }: CommandGroup) => (
            <Autocomplete.Group key={name} items={items}>
              <Autocomplete.GroupLabel className="palette-group">{name}</Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(command: Command) => (
                  <Autocomplete.Item
                    key={`${command.id} ${command.name}`}
                    value={command}
                    className="option"
                    onClick={() => run(command)}
                  >
                    {command.name}
                    {command.hint !== undefined && <span className="muted"> {command.hint}</span>}
                  </Autocomplete.Item>
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </div>
      <Dialog.Close className="button button-small">Close</Dialog.Close>
    </Autocomplete.Root>
  );
}
