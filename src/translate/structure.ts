// A control-flow graph → what is needed to write it with blocks and loops only: dominators, loop heads, joins (after N. Ramsey, "Beyond
// Relooper", 2022). A dispatcher stands above all: it leads to the nodes that can be entered from outside. An edge that goes back into a
// loop other than through its head goes through the dispatcher too, so that every graph has a structure.

export interface Graph {
  readonly size: number;
  /** Nodes that an edge leads to, from each node. */
  readonly successors: (node: number) => readonly number[];
  /** Nodes that can be entered from outside. */
  readonly entries: readonly number[];
}

export interface Structure {
  /** The entries, and those nodes that some edge can reach only through the dispatcher; their numbers are what it chooses by. */
  readonly entries: readonly number[];
  /** Nodes to be written after the blocks that lead to them, which are in the code of this node; in the order of the code. */
  readonly joinsIn: (node: number | 'dispatcher') => readonly number[];
  readonly isJoin: (node: number) => boolean;
  readonly isLoopHead: (node: number) => boolean;
  /** How the edge is to be written: as the target's code itself, as a branch to it, or by way of the dispatcher. */
  readonly edge: (from: number, to: number) => 'inline' | 'forward' | 'back' | 'dispatch';
}

/** The dispatcher's number among nodes; the others are one higher than outside. */
const ROOT = 0;

export function structureOf(graph: Graph): Structure {
  const entries = [...graph.entries];
  for (;;) {
    const analysis = analyse(graph, entries);
    if (analysis.unstructured.length === 0) return describe(graph, entries, analysis);
    entries.push(...new Set(analysis.unstructured));
  }
}

interface Analysis {
  /** Position of each node in reverse postorder, or -1 if nothing leads to it. */
  readonly position: Int32Array;
  readonly dominator: Int32Array;
  /** Targets of edges that are neither forward nor to a dominator, and are no entries yet. */
  readonly unstructured: readonly number[];
}

function analyse(graph: Graph, entries: readonly number[]): Analysis {
  const isEntry = new Set(entries);
  const next = (node: number): readonly number[] =>
    node === ROOT ? entries.map((entry) => entry + 1) : graph.successors(node - 1).map((to) => to + 1);
  const order = reversePostorder(graph.size + 1, next);
  const position = new Int32Array(graph.size + 1).fill(-1);
  for (const [index, node] of order.entries()) position[node] = index;
  const predecessors: number[][] = Array.from({ length: graph.size + 1 }, () => []);
  for (const node of order) for (const to of next(node)) predecessors[to].push(node);

  const dominator = new Int32Array(graph.size + 1).fill(-1);
  dominator[ROOT] = ROOT;
  const meet = (a: number, b: number): number => {
    let [x, y] = [a, b];
    while (x !== y) {
      while (position[x] > position[y]) x = dominator[x];
      while (position[y] > position[x]) y = dominator[y];
    }
    return x;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of order) {
      if (node === ROOT) continue;
      let found = -1;
      for (const from of predecessors[node]) if (dominator[from] >= 0) found = found < 0 ? from : meet(found, from);
      if (found === dominator[node]) continue;
      dominator[node] = found;
      changed = true;
    }
  }
  const unstructured: number[] = [];
  for (const from of order) {
    for (const to of next(from)) {
      if (position[to] > position[from] || dominates(dominator, to, from) || isEntry.has(to - 1)) continue;
      unstructured.push(to - 1);
    }
  }
  return { position, dominator, unstructured };
}

function reversePostorder(size: number, next: (node: number) => readonly number[]): number[] {
  const order: number[] = [];
  const seen = new Uint8Array(size);
  const stack = [{ node: ROOT, at: 0 }];
  seen[ROOT] = 1;
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const to = next(top.node)[top.at++];
    if (to === undefined) {
      order.push(top.node);
      stack.pop();
    } else if (seen[to] === 0) {
      seen[to] = 1;
      stack.push({ node: to, at: 0 });
    }
  }
  return order.reverse();
}

function dominates(dominator: Int32Array, above: number, below: number): boolean {
  let node = below;
  while (node !== above && node !== ROOT) node = dominator[node];
  return node === above;
}

function describe(graph: Graph, entries: readonly number[], { position, dominator }: Analysis): Structure {
  const isEntry = new Set(entries);
  const forward = new Int32Array(graph.size);
  const heads = new Set<number>();
  const kindOfEdge = (from: number, to: number): 'forward' | 'back' | 'dispatch' =>
    position[to + 1] > position[from + 1] ? 'forward' : dominates(dominator, to + 1, from + 1) ? 'back' : 'dispatch';
  for (let from = 0; from < graph.size; from++) {
    if (position[from + 1] < 0) continue;
    for (const to of graph.successors(from)) {
      const kind = kindOfEdge(from, to);
      if (kind === 'forward') forward[to]++;
      if (kind === 'back') heads.add(to);
    }
  }
  const isJoin = (node: number): boolean => isEntry.has(node) || forward[node] > 1;
  const joins: number[][] = Array.from({ length: graph.size + 1 }, () => []);
  for (let node = 0; node < graph.size; node++) {
    if (position[node + 1] > 0 && isJoin(node)) joins[dominator[node + 1]].push(node);
  }
  for (const list of joins) list.sort((a, b) => position[a + 1] - position[b + 1]);
  return {
    entries,
    joinsIn: (node) => joins[node === 'dispatcher' ? ROOT : node + 1],
    isJoin,
    isLoopHead: (node) => heads.has(node),
    edge: (from, to) => {
      const kind = kindOfEdge(from, to);
      return kind === 'forward' && !isJoin(to) ? 'inline' : kind;
    },
  };
}
