"""Fees: free by default, statutory ones only, one bill a case, a receipt for every yuan (CAT-13)."""
