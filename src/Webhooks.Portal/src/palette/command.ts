/** Something that can be gone to or done. */
export interface Command {
  id: string;
  name: string;
  /** More about it, in a few words. */
  hint?: string;
  run: () => void;
}

export interface CommandGroup {
  name: string;
  items: readonly Command[];
}

/** The commands that have a text in their name, whatever its case. */
export const narrow = (commands: readonly Command[], text: string): readonly Command[] =>
  commands.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
