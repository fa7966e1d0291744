"""Plain words for the short names of a programme file: questions, papers, add-ons, categories.

A name that is not here still loads, under itself put into words; the office words it better on its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from festival.kit.words import N_


@dataclass(frozen=True)
class Asked:
    """A question: its label, kind (text long number choice yes_no link), help, bounds."""

    label: str
    kind: str = "text"
    help: str = ""
    options: tuple[str, ...] = ()
    most: int | None = None
    required: bool = True
    shown_if: tuple[str, str] | None = None


_ON_THE_MAP = N_("Visitors can look for it on the map.")

QUESTIONS: dict[str, Asked] = {
    "truck_length_ft": Asked(N_("How long is your truck, in feet?"), "number", N_("With hitch and awning."), most=60),
    "serving_side": Asked(
        N_("On which side do you serve?"), "choice", N_("Seen from the driver's seat."),
        (N_("Driver's side"), N_("Passenger's side"), N_("Both sides"), N_("Back")),
    ),
    "propane_lb": Asked(N_("How much propane do you bring, in pounds?"), "number", N_("0 if none."), most=500),
    "generator_db": Asked(
        N_("How loud is your generator, in decibels?"), "number", N_("It stands on its plate. 0 if you bring none."),
        most=120,
    ),
    "max_menu_items": Asked(N_("How many dishes are on your menu?"), "number"),
    "halal": Asked(N_("Do you sell halal food?"), "yes_no", _ON_THE_MAP, required=False),
    "vegan": Asked(N_("Do you sell vegan food?"), "yes_no", _ON_THE_MAP, required=False),
    "coffee": Asked(N_("Do you sell coffee or tea?"), "yes_no", _ON_THE_MAP, required=False),
    "cooking_fuel": Asked(
        N_("What do you cook with?"), "choice", "",
        (N_("Propane"), N_("Charcoal"), N_("Wood"), N_("Electricity"), N_("Nothing is cooked on site")),
    ),
    "handwash_station": Asked(
        N_("Do you bring a handwashing station?"), "yes_no", N_("The county asks for one in every food booth.")
    ),
    "tent_weights": Asked(
        N_("Do you bring weights for your tent?"), "yes_no", N_("40 pounds at each leg; stakes are not allowed.")
    ),
    "goods": Asked(N_("What do you sell?"), "long"),
    "countries_of_origin": Asked(N_("Which countries do your goods come from?")),
    "cottage_food": Asked(
        N_("Do you sell food made at home?"), "yes_no", N_("Honey, jam, baked goods and the like: \"cottage food\".")
    ),
    "activity": Asked(N_("What do visitors find at your booth?"), "long"),
    "giveaways": Asked(N_("What do you give away?"), required=False),
    "level": Asked(
        N_("At which level do you sponsor?"), "choice", "",
        (N_("Presenting"), N_("Stage"), N_("Community"), N_("Not sure yet")),
    ),
    "group_name": Asked(N_("What is the name of your group?")),
    "nations": Asked(N_("Which nations or cultures do you represent?")),
    "nation": Asked(N_("Which nation do you represent?")),
    "people": Asked(N_("How many people take part?"), "number", most=500),
    "minors": Asked(N_("Are some of them younger than 18?"), "yes_no"),
    "guardian": Asked(
        N_("Who is the responsible adult on the day?"), "text", N_("Name and telephone number."),
        shown_if=("minors", "yes"),
    ),
    "set_minutes": Asked(N_("How many minutes is your set?"), "number", N_("Without setting up."), most=60),
    "video": Asked(N_("Where can we see you perform?"), "link", N_("A link to a video, public or unlisted.")),
    "track_or_live": Asked(
        N_("Do you play live or to a track?"), "choice", "", (N_("Live"), N_("To a track"), N_("Both"))
    ),
    "inputs": Asked(
        N_("What do you plug in?"), "text", N_("Microphones, instruments, a phone or USB stick."), required=False
    ),
    "stage_plot": Asked(N_("Who stands where on the stage?"), "long", N_("A few words are enough."), required=False),
    "availability": Asked(
        N_("When on the day can you perform?"), "times",
        N_("One time a line, like 2027-06-12 12:00-15:00. Leave it empty if any time is fine."), required=False,
    ),
    "members": Asked(
        N_("Who performs?"), "names",
        N_("One name a line. Name also those who play in another group, so that nobody has to be in two places."),
        required=False,
    ),
    "guardian_consent": Asked(
        N_("Has a parent or guardian of each of them agreed in writing that they take part?"), "choice",
        N_("Bring the signed papers on the day. Without them nobody under 18 can take part."),
        (N_("Yes, of each of them"),), shown_if=("minors", "yes"),
    ),
    "power_watts": Asked(N_("How much power do you need, in watts?"), "number", required=False, most=20_000),
    "floor": Asked(
        N_("What floor do you need?"), "text", N_("For example: 20 by 16 feet, smooth, for dancing barefoot."),
        required=False,
    ),
    "honorarium": Asked(N_("Do you ask to be paid for performing?"), "yes_no", N_("Most groups perform for free.")),
    "tax_form": Asked(
        N_("Will you send us the tax form W-9 before the day?"), "yes_no",
        N_("Without it we cannot pay you. You can photograph it under Papers."), shown_if=("honorarium", "yes"),
    ),
    "languages": Asked(N_("In which languages do you sing or speak?")),
    "access_needs": Asked(
        N_("What do you need to take part?"), "text", N_("A ramp, a chair, a quiet place, an interpreter."),
        required=False,
    ),
    "arrival_vehicles": Asked(N_("With how many vehicles do you come?"), "number", most=20),
    "lead_contact": Asked(N_("Who leads your group on the day?"), "text", N_("Name and telephone number.")),
    "own_flag": Asked(N_("Do you bring your own flag?"), "yes_no", N_("Otherwise we can lend you one.")),
    "anthem_or_chant": Asked(N_("Is there a song or chant you walk to?"), required=False),
    "walkers": Asked(
        N_("Who walks?"), "names",
        N_("One name a line. Name also those who are in another group, so that nobody has to be in two places."),
        required=False,
    ),
    "music_link": Asked(
        N_("To which music do you walk?"), "link", N_("A link from which we can play or load it."), required=False
    ),
    "wheelchairs": Asked(N_("How many of you use a wheelchair?"), "number", most=100),
    "garment_story": Asked(N_("What do your garments tell?"), "long", N_("The host reads it while you walk.")),
    "models": Asked(N_("How many models walk?"), "number", most=60),
}  # fmt: skip

# Asked right after the named question, wherever that one is asked.
FOLLOW_UPS: dict[str, tuple[str, ...]] = {
    "minors": ("guardian", "guardian_consent"), "stage_plot": ("power_watts", "floor"), "honorarium": ("tax_form",),
    "own_flag": ("walkers", "arrival_vehicles"), "anthem_or_chant": ("music_link",),
    "garment_story": ("walkers", "music_link"),
}  # fmt: skip

DOCUMENT_HELPS: dict[str, str] = {
    "coi": N_(
        "A one-page proof from your insurer. Ask your agent for a certificate of liability insurance that "
        "names the City as additional insured for the day of the festival; most send it by e-mail within a "
        "day, free of charge."
    ),
    "workers_comp": N_(
        "Proof that your helpers are insured at work, from your insurer. If you have no employees, sign the "
        "city's waiver instead; we have it at the counter and on our website."
    ),
    "city_tax_licence": N_(
        "The licence to sell in the city. If you have none, the city's tax office gives a free one-day event "
        "licence online; it takes about ten minutes."
    ),
    "county_food_licence": N_(
        "Your mobile food licence from any Colorado county, or a special-event licence from the county health "
        "department. Apply at least three weeks ahead."
    ),
    "commissary": N_(
        "A paper in which a licensed kitchen says that you prepare and wash there. The kitchen's owner signs "
        "it."
    ),
    "fire_cert": N_(
        "Needed where there is smoke or grease. The fire department gives the permit after a short look at "
        "your truck; call them two weeks ahead."
    ),
    "flame_cert": N_(
        "A label or paper that says your tent cloth resists flames. It is often sewn into the tent: take a "
        "photo of it."
    ),
    "nonprofit_letter": N_(
        "The letter from the tax authority that says you are a nonprofit, or a page of the state's register "
        "with your name."
    ),
    "menu": N_("What you sell and for how much, six items at most. A photo of a handwritten page is fine."),
    "photos_3": N_("Photos of your goods and, if you have one, of your booth. Straight from your phone is fine."),
    "logo": N_("Your logo, as large as you have it, as a picture or a PDF."),
    "video_link": N_(
        "A link to a video in which we see you perform: YouTube, Vimeo, a public post. It need not be "
        "professional."
    ),
    "photo_release": N_("Your signed consent to be photographed. For people under 18 a parent or guardian signs."),
    "plot_if_any": N_("A photo of a drawing by hand is fine: where people, microphones and instruments are."),
    "w9_if_paid": N_("Only if you are paid for your performance: the tax form W-9, from irs.gov."),
}  # fmt: skip

ADD_ONS: dict[str, str] = {
    "power_20a": N_("Power, 20 amperes"),
    "table_8ft": N_("Table, 8 feet"),
    "chair": N_("Chair"),
    "tent_10x10_weighted": N_("Tent with weights, 10 × 10 feet"),
    "second_space": N_("A second space"),
    "loan_flag": N_("Flag on loan"),
}

CATEGORIES: dict[str, str] = {
    "food_truck": N_("You cook and sell from a truck or a trailer."),
    "tented_food": N_("You cook or serve food under a tent."),
    "marketplace": N_("You sell crafts, imports, or food made at home."),
    "nonprofit": N_("You tell people about what you do for the community."),
    "sponsor": N_("You support the festival and show your name."),
    "performer": N_("You dance, play, sing or speak on a stage. Free of charge."),
    "parade": N_("Your delegation walks in the parade that opens the day. Free of charge."),
    "fashion_show": N_("You show what is worn where you come from. Free of charge."),
}


def put_into_words(name: str) -> str:
    """`some_name` as a label of last resort."""
    return name.replace("_", " ").strip().capitalize()


def asked(name: str, **changes: Any) -> Asked:
    """The question that is known by `name`, or a plain one."""
    from dataclasses import replace

    return replace(QUESTIONS.get(name) or Asked(put_into_words(name)), **changes)
