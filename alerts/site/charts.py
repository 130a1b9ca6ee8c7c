"""The week chart, drawn as inline SVG when the site is built: one mark is one step of an agreement, its shape and
colour the stage. Above `MARKS` steps in any week marks become bars. All its figures stand in the table beside it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from alerts.display import STAGES, codes, counted, one_line, short_day, stage_word
from alerts.site.archive import Step
from classify.model import Stage

MARKS = 12
_ORDER = (Stage.SIGNED, Stage.IN_FORCE, Stage.ENDED)


@dataclass(frozen=True, slots=True)
class Week:
    """One column: the week's Monday, its steps, the signings planned for it."""

    monday: date
    steps: tuple[Step, ...]
    planned: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        """ISO 8601, '2026-W47'."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    def count(self, stage: Stage) -> int:
        """Steps of one stage in this week; of the planned one, signings planned for a day in it."""
        return sum(step.stage is stage for step in (*self.steps, *self.planned))


@dataclass(frozen=True, slots=True)
class Frame:
    """The measures of one drawing, in CSS pixels."""

    width: int
    left: int
    pitch: float
    step: float
    top: int
    """The highest count on the axis."""
    uid: str

    @property
    def base(self) -> float:
        return 10 + self.top * self.step

    def x(self, column: int) -> float:
        """The middle of a column."""
        return self.left + (column + 0.5) * self.pitch


def calendar_weeks(
    by_week: Mapping[str, Sequence[Step]], announced: Sequence[Step], today: date, past: int, ahead: int
) -> list[Week]:
    """The `past` weeks up to this one and `ahead` more for what is planned, oldest first."""
    this = today - timedelta(days=today.weekday())
    return [_week(this + timedelta(weeks=number), by_week, announced) for number in range(1 - past, ahead + 1)]


def _week(monday: date, by_week: Mapping[str, Sequence[Step]], announced: Sequence[Step]) -> Week:
    steps = tuple(step for step in by_week.get(Week(monday, ()).name, ()) if step.stage in _ORDER)
    return Week(monday, steps, tuple(step for step in announced if _is_planned_for(step, monday)))


def _is_planned_for(step: Step, monday: date) -> bool:
    at = step.record.date_of(Stage.PLANNED)
    if at is None or at.on is None or at.precision != "day" or step.record.overdue:
        return False
    return monday <= at.on < monday + timedelta(days=7)


def week_chart(weeks: Sequence[Week], today: date, width: int, uid: str, root: str = "") -> Markup:
    """The chart of `weeks` for a column `width` pixels wide; each week with steps links to its page."""
    bars = is_barred(weeks)
    frame = _frame(weeks, width, _most(weeks), bars, uid)
    parts = [
        _patterns(uid) if bars else Markup(""),
        _axis(frame, bars),
        _months(frame, weeks),
        _today(frame, weeks, today),
    ]
    for column, week in enumerate(weeks):
        drawn = _bars(frame, column, week) if bars else _marks(frame, column, week)
        if week.steps:
            link = Markup('<a href="{}weeks/{}/index.html" tabindex="-1"><title>{}</title>{}{}</a>')
            parts.append(link.format(root, week.name.lower(), _told(week), _touch(frame, column), drawn))
        elif drawn:
            parts.append(drawn)
    height = f"{frame.base + 40:g}"
    return Markup(
        '<svg width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="group" aria-labelledby="{uid}t">'
        '<title id="{uid}t">Steps of agreements in {n}, by stage; the table below has the figures</title>'
        "{parts}</svg>"
    ).format(w=width, h=height, uid=uid, n=counted(len(weeks), "week"), parts=Markup("").join(parts))


def is_barred(weeks: Sequence[Week]) -> bool:
    """Whether the chart of these weeks has bars in place of marks."""
    return _most(weeks) > MARKS


def _most(weeks: Sequence[Week]) -> int:
    return max((len(week.steps) + len(week.planned) for week in weeks), default=0)


def _frame(weeks: Sequence[Week], width: int, most: int, bars: bool, uid: str) -> Frame:
    left = 30 if most > 99 else 24
    pitch = (width - left) / max(len(weeks), 1)
    if bars:
        grain = _grain(most)
        top = -(-most // grain) * grain
        return Frame(width, left, pitch, 150 / top, top, uid)
    return Frame(width, left, pitch, 2 * _radius(pitch) + 2.4, max(most, 5), uid)


def _grain(most: int) -> int:
    """The distance of the grid's lines: 1, 2 or 5 times a power of ten, at most five lines."""
    grains = (step * ten for ten in (1, 10, 100, 1000, 10_000) for step in (1, 2, 5))
    return next((grain for grain in grains if most <= 5 * grain), most)


def _radius(pitch: float) -> float:
    return min(6.0, pitch * 0.39)


def _axis(frame: Frame, bars: bool) -> Markup:
    grain = _grain(frame.top) if bars else 5
    line = Markup(
        '<line class="{}" x1="{:g}" x2="{}" y1="{:g}" y2="{:g}"/>'
        '<text class="soft" x="{:g}" y="{:g}" text-anchor="end">{}</text>'
    )
    heights = [(count, frame.base - count * frame.step) for count in range(0, frame.top + 1, grain)]
    return Markup("").join(
        line.format("grid" if count else "axis", frame.left, frame.width, y, y, frame.left - 6, y + 4, count)
        for count, y in heights
    )


def _months(frame: Frame, weeks: Sequence[Week]) -> Markup:
    """A tick where a month begins, its name where there is room."""
    parts: list[Markup] = []
    free = 0.0
    for column, week in enumerate(weeks):
        middle = week.monday + timedelta(days=3)
        if column and middle.month == (middle - timedelta(weeks=1)).month:
            continue
        x = frame.left + column * frame.pitch
        name = short_day(middle, "month") if not parts or middle.month == 1 else short_day(middle, "month")[:3]
        parts.append(
            Markup('<line class="grid" x1="{0:g}" x2="{0:g}" y1="{1:g}" y2="{2:g}"/>').format(
                x, frame.base, frame.base + 5
            )
        )
        if x >= free and x + 7 * len(name) < frame.width + 8:
            parts.append(Markup('<text class="soft" x="{:g}" y="{:g}">{}</text>').format(x + 1, frame.base + 17, name))
            free = x + 7 * len(name) + 8
    return Markup("").join(parts)


def _today(frame: Frame, weeks: Sequence[Week], today: date) -> Markup:
    days = (today - weeks[0].monday).days + 1 if weeks else 0
    x = frame.left + days / 7 * frame.pitch
    if x > frame.width - 1:
        return Markup("")
    return Markup(
        '<line class="now" x1="{0:g}" x2="{0:g}" y1="2" y2="{1:g}"/>'
        '<text class="soft" x="{2:g}" y="{3:g}" text-anchor="end">{4}, today</text>'
    ).format(x, frame.base + 21, min(x + 40, frame.width), frame.base + 37, short_day(today)[:-5])


def _step(step: Step) -> str:
    return f"{step.record.title} ({stage_word(step.record, step.stage).word.lower()})"


def _marks(frame: Frame, column: int, week: Week) -> Markup:
    chosen = sorted(week.steps, key=lambda step: (_ORDER.index(step.stage), step.day, step.record.key))
    radius = _radius(frame.pitch)
    titled = Markup("<g><title>{}</title>{}</g>")
    return Markup("").join(
        titled.format(
            one_line(f"{codes(step.record.pair)}: {_step(step)}", 160),
            mark(step.stage, frame.x(column), frame.base - (row + 0.5) * frame.step, radius),
        )
        for row, step in enumerate([*chosen, *week.planned])
    )


def mark(stage: Stage, x: float, y: float, radius: float) -> Markup:
    """One of the four marks, centred on a point."""
    if stage is Stage.IN_FORCE:
        side = 2 * radius * 0.92
        return Markup('<rect class="f in_force" x="{:g}" y="{:g}" width="{s:g}" height="{s:g}"/>').format(
            round(x - side / 2, 2), round(y - side / 2, 2), s=round(side, 2)
        )
    if stage is Stage.ENDED:
        arm = round(radius * 0.85, 2)
        path = f"M{x - arm:.2f} {y - arm:.2f}l{2 * arm:g} {2 * arm:g}m{-2 * arm:g} 0l{2 * arm:g} {-2 * arm:g}"
        return Markup('<path class="x ended" d="{}"/>').format(path)
    kind = "o planned" if stage is Stage.PLANNED else "f signed"
    inner = radius - 0.9 if stage is Stage.PLANNED else radius
    return Markup('<circle class="{}" cx="{:g}" cy="{:g}" r="{:g}"/>').format(
        kind, round(x, 2), round(y, 2), round(inner, 2)
    )


def _bars(frame: Frame, column: int, week: Week) -> Markup:
    """Stages on top of each other, signed at the foot; what is planned as an outline above."""
    counts = Counter(step.stage for step in (*week.steps, *week.planned))
    parts, y, wide = [], frame.base, max(frame.pitch * 0.72, 2)
    for stage in (*_ORDER, Stage.PLANNED):
        high = counts[stage] * frame.step
        if high:
            y -= high
            box = (round(frame.x(column) - wide / 2, 2), round(y, 2), round(wide, 2), round(high, 2))
            kind = {Stage.PLANNED: "o planned", Stage.SIGNED: "f signed"}.get(stage, "")
            look = Markup('class="{}"').format(kind) if kind else Markup('fill="url(#{}{})"').format(frame.uid, stage)
            parts.append(Markup('<rect {} x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>').format(look, *box))
    return Markup("").join(parts)


def _patterns(uid: str) -> Markup:
    """Bars have no shape to tell a stage by: what is in force is striped, what ended is hatched."""
    return Markup(
        '<defs><pattern id="{0}in_force" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<path class="f in_force" d="M0 0h4v2.8h-4z"/></pattern>'
        '<pattern id="{0}ended" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="f ended" d="M0 0h2.4v4h-2.4z"/></pattern></defs>'
    ).format(uid)


def _touch(frame: Frame, column: int) -> Markup:
    """The whole column answers to the pointer, not only its marks."""
    return Markup('<rect class="hit" x="{:g}" y="0" width="{:g}" height="{:g}"/>').format(
        round(frame.left + column * frame.pitch, 2), round(frame.pitch, 2), round(frame.base, 2)
    )


def _told(week: Week) -> str:
    told = ", ".join(f"{week.count(stage)} {STAGES[stage].word.lower()}" for stage in _ORDER if week.count(stage))
    return f"Week of {short_day(week.monday)}: {told}"
