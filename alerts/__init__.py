"""What is told, to whom, by which way.

The way of a digest through this room: `choose.choose` (what is news for a reader) -> `compose.compose` (a `Digest`
in words, pure) -> `render.render` (a `Message`: subject, HTML, text, complete mail; pure) -> `storage.outbox.stage`
(stored whole) -> `delivery.deliver_due` (sent, by the scheme of the address). `digests.compose_due` and
`delivery.deliver_due` are the two doors for flows, `preview.preview` is the dry run. `site` and `exports` write the
archive.
"""
