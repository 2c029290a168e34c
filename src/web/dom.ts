// The page's elements by name, and new ones.

/** The element with this id, which index.html has. */
export const byId = <T extends HTMLElement = HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element called ${id}.`);
  return found as T;
};

/** A new element of a class with these children. */
export const element = (tag: string, className: string, ...children: (Node | string)[]): HTMLElement => {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
};
