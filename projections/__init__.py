"""Questions to a ledger, each asked at a viewpoint and answered from its entries alone.

One module a question, its function under the module's name:

    from projections.seats import seats
"""
