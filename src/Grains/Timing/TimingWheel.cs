namespace OrleansBroker.Grains.Timing;

internal sealed class TimingWheel
{
    public void Schedule(WheelEntry entry, long dueMilliseconds) => throw new NotSupportedException();

    public void Cancel(WheelEntry entry) => throw new NotSupportedException();
}
