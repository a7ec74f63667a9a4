namespace OrleansBroker.Grains.Timing;

internal abstract class WheelEntry
{
    protected abstract void OnDue();
}
