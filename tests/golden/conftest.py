import pytest

from nlp import Analyzer
from service import sample
from service.catalogue import Entry
from service.paths.syllabus import syllabus
from service.pipeline import summarise


@pytest.fixture(scope="session")
def syllabi():
    """The sample catalogue as the planner sees it, without the prerequisites an editor set."""
    analyzer, found = Analyzer.default(), {}
    for item in sample.catalogue():
        attributes = {k: v for k, v in item.attributes.items() if k != "prerequisites"}
        entry = Entry(item.title, item.kind, attributes, None)
        summary = summarise(analyzer.analyze(item.text, title=item.title))
        found[item.id] = syllabus(entry, summary, len(item.text))
    return found
