/** The picture that is judged, in pixels, and its division into square cells. */
export const LUMA_WIDTH = 192;
export const LUMA_HEIGHT = 144;
export const CELL_PIXELS = 8;
export const COLUMNS = LUMA_WIDTH / CELL_PIXELS;
export const ROWS = LUMA_HEIGHT / CELL_PIXELS;
export const CELLS = COLUMNS * ROWS;
export const PIXELS_PER_CELL = CELL_PIXELS * CELL_PIXELS;
