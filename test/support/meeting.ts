/** Lets nobody pass until so many have come; from then on everybody. For failpoints: `arm(name, meeting(5))`. */
export function meeting(size: number): () => Promise<void> {
  let arrived = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    arrived += 1;
    if (arrived >= size) open();
    return all;
  };
}
