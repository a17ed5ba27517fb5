"""What the data say of people, items and channels: portraits, audiences, reports, promotion.

Everything is computed from the store at the moment of asking, so a user who is erased is in no
later answer. What is kept between questions are facts of items alone; what was learned at the last
fit holds no name. `service.insight.answers` composes the parts.
"""
