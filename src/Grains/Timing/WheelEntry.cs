namespace OrleansBroker.Grains.Timing;

internal abstract class WheelEntry
{
    internal long DueMilliseconds { get; set; } = long.MaxValue;

    internal void Fire() => OnDue();

    protected abstract void OnDue();
}
