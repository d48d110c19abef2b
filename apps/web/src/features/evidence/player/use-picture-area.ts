import { type RefObject, useEffect, useState } from "react";

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where a picture of this size lies within an element that shows it whole, in pixels. */
export function areaOf(outer: Size, picture: Size): Area {
  const scale = Math.min(outer.width / picture.width, outer.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (outer.width - width) / 2, top: (outer.height - height) / 2, width, height };
}

/** The same, followed as the element changes; undefined until both are known. */
export function usePictureArea(
  element: RefObject<HTMLElement | null>,
  picture: Size | undefined,
): Area | undefined {
  const [outer, setOuter] = useState<Size>();
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() =>
      setOuter({ width: current.clientWidth, height: current.clientHeight }),
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  if (outer === undefined || picture === undefined || picture.width === 0) return undefined;
  return areaOf(outer, picture);
}
