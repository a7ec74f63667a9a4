namespace OrleansBroker.Broker.Options.Settings;

/// <summary>Marks a property as an option of the program. The program's one table (help, documentation, validation) is read from these.</summary>
/// <param name="meaning">One or two sentences: what it bounds and what happens at the bound.</param>
[AttributeUsage(AttributeTargets.Property)]
public abstract class SettingAttribute(string meaning) : Attribute
{
    public string Meaning { get; } = meaning;
}
