/** The heading of a step and what it is about. */
export function Head(props: { title: string; children: string }) {
  return (
    <div>
      <h1 className="setup-title">{props.title}</h1>
      <p className="secondary" role="status">
        {props.children}
      </p>
    </div>
  );
}
