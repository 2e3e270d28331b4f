import { type RefObject, useLayoutEffect, useRef, useState } from "react";

const ROW_HEIGHT = 20;

/** How many rows an element has room for, beside so many pixels for something else. */
export function useRowsThatFit(takenPx: number): [RefObject<HTMLDivElement | null>, number] {
  const frame = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () =>
      setRows(Math.max(0, Math.floor((element.clientHeight - takenPx) / ROW_HEIGHT)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [takenPx]);
  return [frame, rows];
}
