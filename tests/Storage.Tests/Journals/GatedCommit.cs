namespace OrleansBroker.Storage.Tests.Journals;

/// <summary>What happens to a commit that waits at the gate.</summary>
public enum GatedOrder
{
    Apply,

    /// <summary>It is applied, but the answer is lost.</summary>
    ApplyAndLoseAnswer,

    /// <summary>It never arrives.</summary>
    Lose,

    /// <summary>All rows but the first are applied; the first one's outcome is unknown.</summary>
    LoseFirstRow,
}

public sealed record GatedCommit(RowCopy[] Rows)
{
    public TaskCompletionSource<GatedOrder> Order { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release(GatedOrder order = GatedOrder.Apply) => Order.SetResult(order);
}
