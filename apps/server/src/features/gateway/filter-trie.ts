interface Node<T> {
  readonly children: Map<string, Node<T>>;
  /** Entries whose filter ends here, by their key. */
  readonly entries: Map<string, T>;
}

const newNode = <T>(): Node<T> => ({ children: new Map(), entries: new Map() });

/** Topic filters with entries under them; finds the entries of every filter that takes a topic name. */
export class FilterTrie<T> {
  readonly #root = newNode<T>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds or replaces the entry `key` under `filter`. */
  set(filter: string, key: string, entry: T): void {
    let node = this.#root;
    for (const level of filter.split("/")) {
      let child = node.children.get(level);
      if (child === undefined) {
        child = newNode();
        node.children.set(level, child);
      }
      node = child;
    }
    if (!node.entries.has(key)) this.#size++;
    node.entries.set(key, entry);
  }

  delete(filter: string, key: string): void {
    const path: [Node<T>, string][] = [];
    let node = this.#root;
    for (const level of filter.split("/")) {
      const child = node.children.get(level);
      if (child === undefined) return;
      path.push([node, level]);
      node = child;
    }
    if (node.entries.delete(key)) this.#size--;
    for (const [parent, level] of path.reverse()) {
      const child = parent.children.get(level) as Node<T>;
      if (child.entries.size > 0 || child.children.size > 0) return;
      parent.children.delete(level);
    }
  }

  /** Entries of all matching filters, those with `#` first; an entry under two filters comes twice. */
  match(topic: string): T[] {
    const found: T[] = [];
    if (this.#size > 0) collect(this.#root, topic.split("/"), 0, topic.startsWith("$"), found);
    return found;
  }
}

function collect<T>(node: Node<T>, levels: string[], depth: number, isSystem: boolean, found: T[]) {
  const hidesWildcards = isSystem && depth === 0;
  if (!hidesWildcards) addEntries(node.children.get("#"), found);
  if (depth === levels.length) return addEntries(node, found);
  const any = node.children.get("+");
  if (any !== undefined && !hidesWildcards) collect(any, levels, depth + 1, isSystem, found);
  const exact = node.children.get(levels[depth] as string);
  if (exact !== undefined) collect(exact, levels, depth + 1, isSystem, found);
}

function addEntries<T>(node: Node<T> | undefined, found: T[]): void {
  if (node !== undefined) for (const entry of node.entries.values()) found.push(entry);
}
