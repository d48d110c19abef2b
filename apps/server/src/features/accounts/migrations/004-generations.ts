export const up = `
alter table sessions
  -- Rises when its person proves anew who they are; access tokens of before are refused.
  add column generation integer not null default 0;
`;
