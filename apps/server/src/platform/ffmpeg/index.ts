export { findFfmpeg } from "@gatehouse/capture";
